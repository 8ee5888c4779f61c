"""The inside of the stand-in: `wire` speaks HTTP, `world` holds the state, one file a noun answers for it.

A noun's file holds its endpoints and how the API shows it. The records are in `people`, `work`, `pictures`, `talk`,
`errands` and `hooks`.
"""
