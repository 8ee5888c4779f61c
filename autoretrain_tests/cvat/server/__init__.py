"""The inside of the stand-in: `wire` speaks HTTP, `world` holds the state, one file a noun answers for it.

A noun's file holds what the API says of it (`body`) and its endpoints. `entities` holds the records.
"""
