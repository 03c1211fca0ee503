"""Which sentences of the five pieces of coverage speak of something that can be tracked.

An index by number, made by reading; the pieces themselves are not part of this
project. Each of these sentences must be cited by at least one wording.
"""

SENTENCE_COUNTS = {"seed-000": 26, "seed-001": 23, "seed-002": 28, "seed-003": 24, "seed-004": 16}

TRACKABLE = {
    "seed-000": [2, 9, 10, 11, 14, 15, 16, 17, 18, 20, 22],
    "seed-001": [3, 4, 5, 7, 8, 9, 10, 12, 13],
    "seed-002": [4, 6, 7, 8, 9, 10, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 25, 27],
    "seed-003": [3, 4, 6, 8, 9, 12, 13, 16],
    "seed-004": [3, 4, 5, 6, 7, 8, 9, 11, 12, 16],
}

CLAIMS = {
    "seed-000": [10, 11, 21, 22],
    "seed-001": [4, 14],
    "seed-002": [2, 5, 10, 11, 16, 20, 21, 23, 26, 27],
    "seed-003": [3, 5, 7, 10, 11, 14, 21],
    "seed-004": [8, 10, 11, 12],
}
