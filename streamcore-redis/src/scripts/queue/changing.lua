-- The frame of every script that changes something; `changing_end.lua` closes it.
--
-- Looking and writing cannot be kept apart where one step asks what the step before it did: a second item of a batch waits behind the first. So
-- what is written is noted together with what takes it back, and whatever is found to be broken on the way stops the script, which then takes
-- everything back: a refused call changed nothing.
local first_key, first_arg = 2, 3
local written = {}
local is_done, reply, is_changed = pcall(function()
