"""Mercy Valley Hospital and Lakeside Orthopedics: the invented organisation a manager can try Housewide on.

The demo world is written as files, in the shapes a hospital's systems really print, and enters by the front door like
anyone else's. Nothing here inserts a row anywhere. `operating_rooms.write_files` writes the first piece: the
operating-room log, its blocks and staffed rooms, and the organisation they belong to. Every person is invented.
"""
