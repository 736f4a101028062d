local first_key, first_arg = 1, 1
