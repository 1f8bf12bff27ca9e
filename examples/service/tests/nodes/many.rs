//! Three processes over one database.

use std::{sync::Mutex, thread, time::Duration};

use crate::{client::Client, server::Server};

pub(crate) const NODES: usize = 3;

/// The processes, and what one may ask of any of them.
pub(crate) struct Nodes<'a> {
    arguments: Vec<&'a str>,
    servers: Vec<Mutex<Server>>,
    addresses: Vec<Mutex<Client>>,
}

impl<'a> Nodes<'a> {
    pub(crate) fn start(arguments: &[&'a str]) -> Self {
        let first = Server::start(arguments);
        let key = first.admin.key.clone();
        let others = (1..NODES).map(|_| Server::start_again(arguments));
        let servers: Vec<Server> = [first].into_iter().chain(others).collect();
        let addresses = servers.iter().map(|server| Mutex::new(server.admin.with_key(&key))).collect();
        Self { arguments: arguments.to_vec(), servers: servers.into_iter().map(Mutex::new).collect(), addresses }
    }

    /// The first operator, at this node.
    pub(crate) fn admin(&self, node: usize) -> Client {
        self.addresses[node % NODES].lock().unwrap().clone()
    }

    /// Kills a process as the operating system does that is out of memory, and starts another in its place.
    pub(crate) fn kill(&self, node: usize) {
        let mut server = self.servers[node].lock().unwrap();
        server.kill();
        thread::sleep(Duration::from_millis(500));
        *server = Server::start_again(&self.arguments);
        let mut address = self.addresses[node].lock().unwrap();
        *address = server.admin.with_key(&address.key);
    }
}
