//! The whole system: the real server, real listeners, and what they hear.
//!
//! One file per promise to the user. Run with `--test-threads=1`: most of them measure time. `tests/run` does, after building the server.

mod bad_input;
mod bad_media;
mod command_line;
mod concurrent;
mod crashes;
mod deploy;
mod disk;
mod listeners;
mod load;
mod logs;
mod page;
mod prometheus;
mod redis_campaign;
mod redis_doctor;
mod redis_start;
mod show1_demo;
mod show2_fair;
mod show2_queue;
mod show3_joins;
mod show3_mixed;
mod show4_heard;
mod show4_skip;
mod show5_dry_and_broken;
mod show6_bad_input;
mod show6_crash;
mod show6_listeners;
mod show_auto_end;
mod show_auto_end_bad_input;
mod show_auto_end_crash;
mod show_presence;
mod show_redis_away;
mod show_redis_crash;
mod timers;
