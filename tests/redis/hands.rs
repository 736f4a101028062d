//! A Redis with two stores on it, and hands that change its keys behind their backs.

use streamcore_redis::{Config, RedisStore};
use streamcore_tests::redis::RedisServer;

/// A Redis of its own, and two handles on the same data, as two processes would hold them.
pub(crate) struct Hands {
    server: RedisServer,
    pub(crate) one: RedisStore,
    pub(crate) two: RedisStore,
}

impl Hands {
    pub(crate) async fn new() -> Self {
        let server = RedisServer::start();
        let (one, two) = (connect(&server).await, connect(&server).await);
        Self { server, one, two }
    }

    /// One whose keys a script has made, as an older version of the program did; handles come afterwards.
    pub(crate) async fn with(script: &str) -> Self {
        let server = RedisServer::start();
        run(&server, script);
        let (one, two) = (connect(&server).await, connect(&server).await);
        Self { server, one, two }
    }

    /// Runs a script on all keys.
    pub(crate) fn run(&self, script: &str) -> String {
        run(&self.server, script)
    }

    /// A digest of everything that is stored.
    pub(crate) fn digest(&self) -> String {
        self.run(
            "local keys = redis.call('KEYS', '*') table.sort(keys) local all = {}
             for n, key in ipairs(keys) do all[n] = key .. redis.call('DUMP', key) end
             return redis.sha1hex(table.concat(all))",
        )
    }

    /// The server forgets all scripts.
    pub(crate) fn forget_scripts(&self) {
        let answer = self.server.ask(&["SCRIPT", "FLUSH"]).expect("an answer");
        assert!(answer.starts_with("+OK"), "{answer}");
    }

    /// Kills the server without warning and starts it again; the handles find it by themselves.
    pub(crate) fn restart(&mut self) {
        self.server.restart();
    }
}

fn run(server: &RedisServer, script: &str) -> String {
    let answer = server.ask(&["EVAL", script, "0"]).expect("an answer");
    assert!(!answer.starts_with('-'), "{script}: {answer}");
    answer
}

async fn connect(server: &RedisServer) -> RedisStore {
    let config = Config::from_url(&server.url()).expect("a URL");
    RedisStore::connect(config).await.expect("a connection")
}

impl Hands {
    /// Everything that is stored, as text.
    pub(crate) fn contents(&self) -> String {
        self.run(
            "local keys = redis.call('KEYS', '*') table.sort(keys) local all = {}
             for n, key in ipairs(keys) do
               local kind = redis.call('TYPE', key).ok
               local value
               if kind == 'hash' then
                 local fields = redis.call('HKEYS', key) table.sort(fields) value = {}
                 for _, field in ipairs(fields) do value[#value + 1] = field .. ' = ' .. redis.call('HGET', key, field) end
               elseif kind == 'zset' then value = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
               elseif kind == 'string' then value = { redis.call('GET', key) }
               else value = { kind } end
               all[n] = key .. '\\n' .. table.concat(value, '\\n')
             end
             return table.concat(all, '\\n\\n')",
        )
    }
}
