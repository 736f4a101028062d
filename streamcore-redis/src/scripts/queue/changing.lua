local first_key, first_arg = 2, 3
