"""The one room that speaks to ultralytics: start it offline and safe, load, predict, train."""
