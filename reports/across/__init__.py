"""Over tables: what an arm gains on many public tables, and what is to be expected on a new one."""
