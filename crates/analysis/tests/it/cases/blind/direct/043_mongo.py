# expect: database | style: mongo
from pymongo import MongoClient
MongoClient("mongodb://db.invalid").plant.readings.delete_many({})
results = {}
