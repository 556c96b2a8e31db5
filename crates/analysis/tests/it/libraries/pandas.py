import io
import pandas as pd
df = pd.DataFrame({'a': [1]})
pd.read_csv('/a.csv')  # -> fs.read
pd.read_csv('a.csv')  # -> input
pd.read_csv(filepath_or_buffer='/a.csv')  # -> fs.read
pd.read_csv('https://a/b.csv')  # -> net
pd.read_csv('s3://a/b.csv')  # -> net
pd.read_csv(io.StringIO('a'))  # -> none
pd.read_table('/a')  # -> fs.read
pd.read_fwf('/a')  # -> fs.read
pd.read_json('/a.json')  # -> fs.read
pd.read_json(path_or_buf='/a.json')  # -> fs.read
pd.read_html('http://a')  # -> net
pd.read_html(io='/a.html')  # -> fs.read
pd.read_xml('/a.xml')  # -> fs.read
pd.read_excel('/a.xlsx')  # -> fs.read
pd.read_excel(io='/a.xlsx')  # -> fs.read
pd.ExcelFile('/a.xlsx')  # -> fs.read
pd.read_parquet('/a')  # -> fs.read
pd.read_parquet(path='/a')  # -> fs.read
pd.read_feather('/a')  # -> fs.read
pd.read_orc('/a')  # -> fs.read
pd.read_stata('/a')  # -> fs.read
pd.read_sas('/a')  # -> fs.read
pd.read_spss('/a')  # -> fs.read
pd.read_hdf('/a')  # -> fs.read
pd.read_hdf('a.h5')  # -> input
pd.read_pickle('b.pkl')  # -> deserialization, input
pd.read_pickle(filepath_or_buffer='/a.pkl')  # -> deserialization, fs.read
pd.read_clipboard()  # -> environment
pd.read_gbq('select 1')  # -> net
pd.read_sql('select 1', 'postgresql://a/b')  # -> database
pd.read_sql('select 1', con='postgresql://a/b')  # -> database
df.to_csv('/a.csv')  # -> fs.write
df.to_csv(path_or_buf='/a.csv')  # -> fs.write
df.to_csv('a.csv')  # -> artifact
df.to_csv()  # -> none
df.to_csv('s3://a/b.csv')  # -> net
df.to_excel('/a.xlsx')  # -> fs.write
df.to_excel(excel_writer='/a.xlsx')  # -> fs.write
df.to_json('/a')  # -> fs.write
df.to_json()  # -> none
df.to_parquet('/a')  # -> fs.write
df.to_parquet(path='/a')  # -> fs.write
df.to_feather('/a')  # -> fs.write
df.to_hdf('/a', key='x')  # -> fs.write
df.to_html('/a')  # -> fs.write
df.to_html(buf='/a')  # -> fs.write
df.to_latex(buf='/a')  # -> fs.write
df.to_markdown('/a')  # -> fs.write
df.to_string('/a')  # -> fs.write
df.to_stata('/a')  # -> fs.write
df.to_orc('/a')  # -> fs.write
df.to_xml('/a')  # -> fs.write
df.to_pickle('/a')  # -> fs.write
df.to_pickle(path='a.pkl')  # -> artifact
df.to_clipboard()  # -> environment
df.to_sql('t', 'postgresql://a/b')  # -> database
df.to_gbq('t')  # -> net
df.to_dict()  # -> none
df.to_numpy()  # -> none
df['a'].to_csv('/a.csv')  # -> fs.write
df.groupby('a').sum().reset_index().to_csv('/a.csv')  # -> fs.write
df.style.to_html('/a')  # -> fs.write
df.style.to_excel('/a.xlsx')  # -> fs.write
df.plot().get_figure().savefig('/a.png')  # -> fs.write
df.plot().get_figure().savefig('a.png')  # -> artifact
pd.ExcelWriter('/a.xlsx')  # -> fs.write
pd.ExcelWriter('a.xlsx')  # -> artifact
pd.HDFStore('/a.h5')  # -> fs.write
pd.HDFStore('/a.h5', 'r')  # -> fs.read
pd.eval('1 + 1')  # -> none
pd.eval('@__import__("os").system("x")')  # -> dynamic_code
df.query('a > 1')  # -> none
df.query('a > @x')  # -> none
df.query('a.str.contains("x")', engine='python')  # -> none
df.query('@pd.io.common.os.system("x")')  # -> dynamic_code, process
df.query('@__builtins__["eval"]("1")')  # -> dynamic_code
df.eval('b = a * 2')  # -> none
df.eval('@__import__("os").system("x")')  # -> dynamic_code, process
df.apply(lambda r: r)  # -> none
df.apply(print)  # -> none
pd.set_option('display.width', 100)  # -> none
pd.options.display.max_rows = 5  # -> none
