//! HTTP connections, as one `RESTClientObject` has them.
//!
//! A call runs on a *worker*: a runtime of its own for one thread, and the connections that this
//! runtime drives. Nothing runs in the background, no thread is started; a call from `n` threads at
//! once uses `n` workers, and an idle worker waits for the next call of whatever thread.
//!
//! After `fork` the child must not touch the workers it inherited: their sockets and their epoll
//! sets are the parent's too. It leaves them alone and starts with none.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use pyo3::intern;
use pyo3::prelude::*;
use tokio::runtime::{Builder, Runtime};
use tokio::time::{Sleep, sleep};

use super::failure::Failure;
use super::sdk::{Api, Config, RetryPolicy, Transport};

/// How often a waiting call looks for signals: a bound for how long Ctrl-C takes.
const TICK: Duration = Duration::from_millis(50);

/// How long a worker may have been idle for its connections to be taken for open without a look.
const FRESH: Duration = Duration::from_millis(1);

/// How many redirects are followed; urllib3's default.
const REDIRECTS: usize = 3;

/// How many servers a worker keeps connections to.
const SERVERS: usize = 4;

/// The connections of one client, with its TLS and proxy settings.
#[pyclass(frozen, module = "_native")]
pub(crate) struct Connection {
    settings: Settings,
    /// Locked only by threads that hold the interpreter, and never while letting go of it. `fork`
    /// happens with the interpreter held, so no child finds it locked.
    idle: Mutex<Idle>,
}

struct Settings {
    verify: bool,
    ca_file: Option<String>,
    cert_file: Option<String>,
    key_file: Option<String>,
    check_hostname: bool,
    proxy: Option<String>,
    pool_size: usize,
}

struct Idle {
    process: u32,
    workers: Vec<Worker>,
}

/// A runtime and its connections.
pub(crate) struct Worker {
    runtime: Runtime,
    connect_timeout: Option<Duration>,
    transports: Vec<(String, Transport)>,
    used: Instant,
    /// Ends when it is time to look for signals. It is kept, as setting up a timer for each call costs
    /// more than looking at one.
    pulse: Option<Pin<Box<Sleep>>>,
}

impl Idle {
    /// Leaves alone what a forked child has from its parent: dropping it would close the parent's
    /// connections and change its epoll sets.
    fn disown(&mut self) {
        let process = std::process::id();
        if self.process != process {
            self.process = process;
            std::mem::forget(std::mem::take(&mut self.workers));
        }
    }

    fn close(&mut self) {
        self.workers.drain(..).for_each(Worker::close);
    }
}

impl Drop for Idle {
    fn drop(&mut self) {
        self.disown();
        self.close();
    }
}

#[pymethods]
impl Connection {
    #[new]
    #[pyo3(signature = (*, verify, ca_file, cert_file, key_file, check_hostname, proxy, pool_size))]
    fn new(
        verify: bool,
        ca_file: Option<String>,
        cert_file: Option<String>,
        key_file: Option<String>,
        check_hostname: bool,
        proxy: Option<String>,
        pool_size: usize,
    ) -> Self {
        Self {
            settings: Settings {
                verify,
                ca_file,
                cert_file,
                key_file,
                check_hostname,
                proxy,
                pool_size,
            },
            idle: Mutex::new(Idle {
                process: std::process::id(),
                workers: Vec::new(),
            }),
        }
    }

    /// Closes the connections that no call is using.
    fn close(&self) {
        self.idle().close();
    }
}

impl Connection {
    fn idle(&self) -> std::sync::MutexGuard<'_, Idle> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.disown();
        idle
    }

    /// An idle worker, or a new one.
    pub(crate) fn take(
        &self,
        _py: Python<'_>,
        connect_timeout: Option<Duration>,
    ) -> Result<Worker, Failure> {
        let mut idle = self.idle();
        // The latest one: its connections are the most likely to be open.
        let found = idle
            .workers
            .iter()
            .rposition(|w| w.connect_timeout == connect_timeout);
        if let Some(at) = found {
            return Ok(idle.workers.remove(at));
        }
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|e| Failure::Setting(format!("no runtime for network calls: {e}")))?;
        Ok(Worker {
            runtime,
            connect_timeout,
            transports: Vec::new(),
            used: Instant::now(),
            pulse: None,
        })
    }

    /// Takes a worker back.
    pub(crate) fn give_back(&self, _py: Python<'_>, worker: Worker) {
        let mut idle = self.idle();
        if idle.workers.len() < self.settings.pool_size.max(1) {
            idle.workers.push(worker);
        } else {
            worker.close();
        }
    }

    /// The worker's way to a server.
    pub(crate) fn transport(
        &self,
        py: Python<'_>,
        worker: &mut Worker,
        api: &'static Api,
        base_url: &str,
        rest: &Bound<'_, PyAny>,
    ) -> Result<Transport, Failure> {
        if let Some((_, transport)) = worker.transports.iter().find(|(base, _)| base == base_url) {
            return Ok(transport.clone());
        }
        let config = self.config(py, worker.connect_timeout, base_url, rest)?;
        let transport = {
            // reqwest wants to know whose connections it is going to make.
            let _inside = worker.runtime.enter();
            Transport::new(api, &config)?
        };
        if worker.transports.len() == SERVERS {
            worker.transports.remove(0);
        }
        worker
            .transports
            .push((base_url.to_owned(), transport.clone()));
        Ok(transport)
    }

    fn config(
        &self,
        py: Python<'_>,
        connect_timeout: Option<Duration>,
        base_url: &str,
        rest: &Bound<'_, PyAny>,
    ) -> Result<Config, Failure> {
        let settings = &self.settings;
        let mut config = Config::new(base_url)
            .connect_timeout(connect_timeout)
            .timeout(None)
            .follow_redirects(REDIRECTS)
            // Which failures are repeated is urllib3's rule here; see `send`.
            .retry(RetryPolicy::never())
            .danger_accept_invalid_certs(!settings.verify)
            .danger_accept_invalid_hostnames(settings.verify && !settings.check_hostname);
        config = match &settings.proxy {
            Some(url) => config.proxy(url),
            None => config.no_proxy(),
        };
        // Certificates cost time to read, so plain HTTP does without.
        let tls = base_url
            .get(..6)
            .is_some_and(|s| s.eq_ignore_ascii_case("https:"))
            || settings.proxy.is_some();
        if tls && settings.verify {
            let file = match &settings.ca_file {
                Some(file) => Some(file.clone()),
                None => rest
                    .call_method0(intern!(py, "_default_ca_file"))
                    .and_then(|file| file.extract())
                    .map_err(Failure::Python)?,
            };
            if let Some(file) = file {
                let pem = read("the file of certificates to believe", &file)?;
                config = config.root_certificates_pem(pem).only_given_roots(true);
            }
        }
        if tls && let Some(file) = &settings.cert_file {
            let mut pem = read("the client certificate", file)?;
            if let Some(file) = &settings.key_file {
                pem.push(b'\n');
                pem.extend(read("the key of the client certificate", file)?);
            }
            config = config.client_identity_pem(pem);
        }
        Ok(config)
    }
}

impl Worker {
    /// Ends it without waiting for anything, such as a name that is still being looked up.
    fn close(self) {
        drop(self.transports);
        self.runtime.shutdown_background();
    }

    /// Waits for something, without the interpreter, but lets signal handlers run. The work is
    /// boxed, since what it is waiting for makes it too large to be moved around.
    ///
    /// # Errors
    /// What a signal handler raised.
    pub(crate) fn wait<T: Send>(
        &mut self,
        py: Python<'_>,
        mut work: Pin<Box<dyn Future<Output = T> + Send + '_>>,
    ) -> Result<T, Failure> {
        let stale = self.used.elapsed() > FRESH;
        let Self { runtime, pulse, .. } = self;
        let done = py.detach(|| {
            runtime.block_on(async {
                let pulse = pulse.get_or_insert_with(|| Box::pin(sleep(TICK)));
                if stale {
                    pulse.as_mut().reset(tokio::time::Instant::now() + TICK);
                    // Connections were not looked at for a while: let them find out first whether
                    // the server closed them.
                    tokio::task::yield_now().await;
                }
                loop {
                    let done = poll_fn(|context| match work.as_mut().poll(context) {
                        Poll::Ready(done) => Poll::Ready(Some(done)),
                        Poll::Pending => pulse.as_mut().poll(context).map(|()| None),
                    });
                    if let Some(done) = done.await {
                        return Ok(done);
                    }
                    pulse.as_mut().reset(tokio::time::Instant::now() + TICK);
                    Python::attach(|py| py.check_signals()).map_err(Failure::Python)?;
                }
            })
        });
        self.used = Instant::now();
        done
    }
}

fn read(what: &str, file: &str) -> Result<Vec<u8>, Failure> {
    std::fs::read(file).map_err(|e| Failure::Setting(format!("{what} cannot be read: {file}: {e}")))
}
