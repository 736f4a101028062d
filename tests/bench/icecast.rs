//! Icecast on a port of its own, fed by ffmpeg with the file as it is: no encoder in either of its processes.

use std::{
    fs,
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use streamcore_tests::{process, wait};
use tempfile::TempDir;

pub(crate) const MOUNT: &str = "/music.mp3";

pub(crate) struct Icecast {
    server: Running,
    _source: Running,
    address: SocketAddr,
    _directory: TempDir,
}

impl Icecast {
    pub(crate) fn start(music: &Path, clients: usize) -> Self {
        process::require("icecast2");
        let directory = tempfile::tempdir().expect("a directory");
        let address = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port");
        let path = directory.path().join("icecast.xml");
        fs::write(&path, settings(address, directory.path(), clients)).expect("written");
        open_to_all(directory.path());
        let server = Command::new("icecast2")
            .arg("-c")
            .arg(&path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map(Running)
            .expect("icecast2 starts");
        let wait = Duration::from_secs(10);
        wait::until("icecast2", wait, || TcpStream::connect(address).ok());
        let source = Command::new("ffmpeg")
            .args(["-nostdin", "-v", "error", "-re", "-stream_loop", "-1", "-i"])
            .arg(music)
            .args(["-c", "copy", "-content_type", "audio/mpeg", "-f", "mp3"])
            .arg(format!("icecast://source:hackme@{address}{MOUNT}"))
            .spawn()
            .map(Running)
            .expect("ffmpeg starts");
        wait::until("icecast2's mount", wait, || plays(address).then_some(()));
        Self { server, _source: source, address, _directory: directory }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.server.0.id()
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

/// A program that does not outlive this one.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn plays(address: SocketAddr) -> bool {
    let ask = || {
        let mut socket = TcpStream::connect(address)?;
        write!(socket, "GET {MOUNT} HTTP/1.0\r\n\r\n")?;
        let mut line = [0; 12];
        socket.read_exact(&mut line)?;
        io::Result::Ok(line.ends_with(b" 200"))
    };
    ask().unwrap_or(false)
}

/// Icecast does not run as root and becomes somebody else.
fn open_to_all(directory: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(directory, fs::Permissions::from_mode(0o777)).expect("allowed");
}

/// Its defaults, with room for as many clients.
fn settings(address: SocketAddr, directory: &Path, clients: usize) -> String {
    let (port, directory) = (address.port(), directory.display());
    format!(
        "<icecast><location>x</location><admin>x@localhost</admin><hostname>localhost</hostname>
<limits><clients>{clients}</clients><sources>2</sources><queue-size>524288</queue-size><client-timeout>30</client-timeout>
<header-timeout>15</header-timeout><source-timeout>10</source-timeout><burst-on-connect>1</burst-on-connect>
<burst-size>65535</burst-size></limits>
<authentication><source-password>hackme</source-password><relay-password>hackme</relay-password>
<admin-user>admin</admin-user><admin-password>hackme</admin-password></authentication>
<listen-socket><port>{port}</port><bind-address>127.0.0.1</bind-address></listen-socket>
<paths><basedir>/usr/share/icecast2</basedir><logdir>{directory}</logdir><webroot>/usr/share/icecast2/web</webroot>
<adminroot>/usr/share/icecast2/admin</adminroot></paths>
<logging><accesslog>access.log</accesslog><errorlog>error.log</errorlog><loglevel>2</loglevel></logging>
<security><chroot>0</chroot><changeowner><user>icecast2</user><group>icecast</group></changeowner></security></icecast>"
    )
}
