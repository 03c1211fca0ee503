"""How good the judgement is, measured on labelled folders. Works in memory and never touches the database."""
