"""Is a data set what it claims to be, and what is in it?"""
