import duckdb, psycopg, psycopg2, pymongo, pymysql, redis, sqlalchemy as sa, mysql.connector, MySQLdb, oracledb, pyodbc, asyncpg
import elasticsearch, influxdb_client, cassandra.cluster, motor.motor_asyncio, sqlalchemy.ext.asyncio, sqlmodel, adbc_driver_postgresql
import connectorx, lmdb, plyvel, rocksdict, tinydb, aiosqlite, peewee
psycopg2.connect('a')  # -> database
psycopg2.pool.SimpleConnectionPool(1, 2)  # -> database
psycopg.connect('a')  # -> database
psycopg.AsyncConnection.connect('a')  # -> database
asyncpg.connect('a')  # -> database
pymysql.connect(host='a')  # -> database
mysql.connector.connect(host='a')  # -> database
MySQLdb.connect('a')  # -> database
oracledb.connect('a')  # -> database
pyodbc.connect('a')  # -> database
pymongo.MongoClient('a')  # -> database
pymongo.MongoClient('a').db.c.insert_one({})  # -> database
motor.motor_asyncio.AsyncIOMotorClient('a')  # -> database
redis.Redis()  # -> database
redis.from_url('redis://a')  # -> database
redis.Redis().set('a', 1)  # -> database
sa.create_engine('postgresql://a/b')  # -> database
sa.create_engine('sqlite:////srv/a.db')  # -> database
sa.create_engine('sqlite:///a.db')  # -> artifact
sa.create_engine('sqlite:///:memory:')  # -> none
sa.create_engine('sqlite://')  # -> none
sa.create_engine(sa.engine.URL.create('postgresql'))  # -> database
sa.text('select 1')  # -> none
sa.select(sa.column('a'))  # -> none
sqlalchemy.ext.asyncio.create_async_engine('postgresql+asyncpg://a')  # -> database
sqlmodel.create_engine('mysql://a')  # -> database
aiosqlite.connect('/a.db')  # -> database
duckdb.connect('/a.db')  # -> database
duckdb.connect('a.db')  # -> artifact
duckdb.connect()  # -> none
duckdb.connect(':memory:')  # -> none
duckdb.sql('select 1')  # -> none
duckdb.sql("copy t to '/srv/a.csv'")  # -> fs.write
duckdb.connect().execute("select * from read_csv('/etc/passwd')")  # -> fs.read
duckdb.sql("attach 'postgres:a' as b")  # -> database
duckdb.read_csv('/a.csv')  # -> fs.read
duckdb.read_parquet('a.parquet')  # -> input
duckdb.sql('install httpfs')  # -> net
elasticsearch.Elasticsearch('a')  # -> database
influxdb_client.InfluxDBClient('a')  # -> net
cassandra.cluster.Cluster()  # -> database
connectorx.read_sql('postgresql://a', 'select 1')  # -> database
adbc_driver_postgresql.dbapi.connect('a')  # -> database
lmdb.open('/a')  # -> fs.write
lmdb.open('a')  # -> artifact
plyvel.DB('/a', create_if_missing=True)  # -> fs.write
tinydb.TinyDB('/a.json')  # -> fs.write
peewee.PostgresqlDatabase('a')  # -> database
