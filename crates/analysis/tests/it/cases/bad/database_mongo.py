# expect: database | style: server
from pymongo import MongoClient
c = MongoClient("mongodb://h")
results = {}
