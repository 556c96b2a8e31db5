//! The way of a key to its endpoint: what is plain HTTP to another machine shows it to everybody on the way.

use url::{Host, Url};

/// Whether what is sent there can be read on its way.
pub(crate) fn is_exposed(url: &Url) -> bool {
    url.scheme() == "http" && !ends_here(url)
}

/// Whether it is an address of this machine that nothing outside hears. A name counts only if it cannot be another's.
pub(crate) fn ends_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_exposed_unless_it_stays_here() {
        for (address, exposed) in [
            ("https://gateway.example.org/v1", false),
            ("http://gateway.example.org/v1", true),
            ("http://10.0.0.7:8000", true),
            ("http://0.0.0.0:8000", true),
            ("http://localhost.example.org", true),
            ("http://127.0.0.1.example.org", true),
            ("http://[::ffff:127.0.0.1]:1", true),
            ("http://[2001:db8::1]:1", true),
            ("http://LOCALHOST:11434/v1", false),
            ("http://127.0.0.1:1", false),
            ("http://127.8.0.1:1", false),
            ("http://[::1]:1", false),
            // Other spellings of the loopback, which the parser of addresses knows.
            ("http://0x7f000001/", false),
            ("http://127.1/", false),
        ] {
            assert_eq!(is_exposed(&Url::parse(address).unwrap()), exposed, "{address}");
        }
    }
}
