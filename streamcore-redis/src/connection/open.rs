//! Connecting for the first time, and looking at what is there.

use std::{sync::Arc, time::Duration};

use fred::{
    clients::Client,
    error::{Error, ErrorKind},
    interfaces::{ClientLike, LuaInterface},
    types::{
        Builder, ClusterHash, CustomCommand, InfoKind, RespVersion,
        config::{ReconnectPolicy, TcpConfig, UnresponsiveConfig},
    },
};
use tokio::sync::Semaphore;

use super::{CallIds, Connection, MAX_WAITING, Shared, clients::Clients, failure};
use crate::{
    Config, ConnectError,
    changes::Changes,
    clock::ServerClock,
    health::Watch,
    keys::Keys,
    script::{Lazy, Script},
};

/// The version of what the keys hold, which is in the key `format` of the registry.
const FORMAT: i64 = 1;

/// The oldest Redis that is known to do what the scripts ask for.
const OLDEST: u32 = 7;

/// A connection on which nothing comes back for this long is given up and made anew.
const UNRESPONSIVE: Duration = Duration::from_secs(4);

static CHECK_FORMAT: Lazy = Lazy::new(|| Script::reading("check_format", &[include_str!("../scripts/format.lua")]));

impl Connection {
    pub(crate) async fn open(config: Config) -> Result<Shared, ConnectError> {
        let server = config.server();
        let unusable = |reason: String| ConnectError::Unusable { server: server.clone(), reason };
        let builder = builder(&config);
        let mut clients = Clients::new(&builder).map_err(|error| unusable(error.details().to_owned()))?;
        match tokio::time::timeout(config.connect_timeout, clients.connect()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Err(connect_error(server, &error)),
            Err(_) => {
                let reason = format!("no answer for {} s", config.connect_timeout.as_secs_f32());
                return Err(ConnectError::Unreachable { server, reason });
            }
        }
        let keys = Keys::new(config.prefix.clone());
        let look = tokio::time::timeout(config.connect_timeout, check(&clients.calls, &keys, &server));
        look.await.map_err(|_| unusable("it did not answer in time".to_owned()))??;
        let call_ids = CallIds::new().map_err(|error| unusable(format!("no random numbers: {error}")))?;
        let mut connection = Self {
            changes: Changes::default(),
            clients,
            keys,
            config,
            health: Watch::default(),
            clock: ServerClock::new(),
            places: Semaphore::new(MAX_WAITING),
            call_ids,
            tasks: Vec::new(),
        };
        let begin = async {
            let clock = connection.read_clock().await;
            clock.map_err(|error| unusable(format!("it does not say what time it is (TIME): {}", error.details())))?;
            let channel = connection.keys.changes();
            let Clients { calls, listens, .. } = &connection.clients;
            connection.changes.follow(listens, calls, channel.clone()).await.map_err(|error| {
                unusable(format!("it does not let us listen to the channel {channel}: {}", error.details()))
            })
        };
        let begin = tokio::time::timeout(connection.config.connect_timeout, begin);
        begin.await.map_err(|_| unusable("it did not answer in time".to_owned()))??;
        Ok(Arc::new_cyclic(|weak| {
            connection.tasks = Self::watch(weak.clone());
            connection
        }))
    }
}

fn builder(config: &Config) -> Builder {
    let mut fred = config.fred.clone();
    fred.version = RespVersion::RESP3;
    let mut builder = Builder::from_config(fred);
    let (call_timeout, connect_timeout) = (config.call_timeout, config.connect_timeout);
    builder
        .with_performance_config(|performance| {
            // Behind our own limit, as those of connecting are, so that no command waits for ever in a buffer.
            performance.default_command_timeout = call_timeout + Duration::from_secs(1);
            performance.broadcast_channel_capacity = 1_024;
        })
        .with_connection_config(|connection| {
            connection.connection_timeout = connect_timeout + Duration::from_secs(1);
            connection.internal_command_timeout = connect_timeout + Duration::from_secs(1);
            connection.max_command_attempts = 3;
            connection.max_command_buffer_len = 2 * MAX_WAITING;
            connection.auto_client_setname = false;
            connection.unresponsive =
                UnresponsiveConfig { max_timeout: Some(UNRESPONSIVE), interval: Duration::from_secs(1) };
            connection.tcp = TcpConfig { nodelay: Some(true), ..TcpConfig::default() };
        });
    let mut policy = ReconnectPolicy::new_exponential(0, 50, 1_000, 2);
    policy.set_jitter(100);
    builder.set_policy(policy);
    builder
}

fn connect_error(server: String, error: &Error) -> ConnectError {
    let details = error.details();
    let reason = failure::plain(details).into_owned();
    if details.contains("InvalidCertificate") {
        let reason = format!("its certificate is not trusted ({reason}); name the certificate of whoever signed it");
        return ConnectError::Unusable { server, reason };
    }
    if details.contains("DB index") {
        return ConnectError::Unusable { server, reason: format!("{reason}; name another database in the URL") };
    }
    match error.kind() {
        ErrorKind::Protocol => {
            ConnectError::Unreachable { server, reason: format!("what answers there is no Redis ({reason})") }
        }
        _ if reason.starts_with("NOAUTH") => {
            ConnectError::Refused { server, reason: "it asks for a password, and the URL has none".to_owned() }
        }
        ErrorKind::Auth => ConnectError::Refused { server, reason },
        _ if reason.contains("unknown command 'SENTINEL'") => {
            ConnectError::Unusable { server, reason: "what answers there is no Sentinel".to_owned() }
        }
        _ if reason.contains("WRONGPASS") || reason.contains("NOAUTH") => ConnectError::Refused { server, reason },
        ErrorKind::Tls | ErrorKind::Config => ConnectError::Unusable { server, reason },
        _ => ConnectError::Unreachable { server, reason },
    }
}

/// Whether what answers is a Redis that we can use, and what is there is ours.
async fn check(client: &Client, keys: &Keys, server: &str) -> Result<(), ConnectError> {
    let unusable = |reason: String| ConnectError::Unusable { server: server.to_owned(), reason };
    let info = client.info::<String>(Some(InfoKind::Default)).await;
    // Who may not ask for it may still be allowed all that is needed.
    if let Ok(info) = info {
        let field =
            |name: &str| info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim);
        let major = field("redis_version").and_then(|version| version.split('.').next()?.parse::<u32>().ok());
        if let Some(major) = major
            && major < OLDEST
        {
            return Err(unusable(format!("it is version {major}; version {OLDEST} or newer is needed")));
        }
        if field("role") == Some("slave") {
            let advice =
                "it is a replica, which takes no writes; name the primary, or its Sentinels (redis-sentinel://)";
            return Err(unusable(advice.to_owned()));
        }
    }
    let key = keys.registry().key("format");
    let found: Result<String, _> =
        client.eval(CHECK_FORMAT.source.as_str(), vec![key.clone()], vec![FORMAT.to_string()]).await;
    let found = found.map_err(|error| unusable(format!("{} (key {key})", error.details())))?;
    match found.parse::<i64>() {
        Ok(found) if found == FORMAT => are_ours(client, keys).await.map_err(unusable),
        Ok(found) => Err(unusable(format!(
            "key {key} says that its data has format {found}, and this program knows format {FORMAT}; run the newer program, or choose another prefix"
        ))),
        Err(_) => Err(unusable(format!(
            "key {key} holds {found:?}, which no Streamcore wrote; another program uses these keys: choose another prefix"
        ))),
    }
}

/// Whether what is one for the whole deployment holds what we would put there: another program may use the same names.
async fn are_ours(client: &Client, keys: &Keys) -> Result<(), String> {
    let (registry, idempotency, library) = (keys.registry(), keys.idempotency(), keys.library());
    let kinds = [
        (&registry, "streams", "hash"),
        (&registry, "order", "zset"),
        (&registry, "snapshots", "hash"),
        (&registry, "running", "zset"),
        (&idempotency, "keys", "hash"),
        (&idempotency, "order", "zset"),
        (&library, "tracks", "hash"),
        (&library, "urls", "zset"),
        (&library, "log", "stream"),
    ];
    for (tag, name, kind) in kinds {
        let key = tag.key(name);
        let asked = CustomCommand::new_static("TYPE", ClusterHash::FirstKey, false);
        let found: String =
            client.custom(asked, vec![key.clone()]).await.map_err(|error| error.details().to_owned())?;
        if found != "none" && found != kind {
            return Err(format!(
                "key {key} holds a {found}, which no Streamcore wrote; another program uses these keys: choose another prefix"
            ));
        }
    }
    Ok(())
}
