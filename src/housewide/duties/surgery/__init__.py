"""The operating rooms: where the minutes go, which cases start late and why, how blocks and rooms are used.

Screens: operating rooms (home), where the minutes went, one case. The numbers come from three exports of the
operating-room information system: the case log with its milestones, the blocks, and the rooms that are staffed.
"""
