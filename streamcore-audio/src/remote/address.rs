//! Which addresses are public. Pure.
//!
//! **Rule.** What is not known to be public is refused: of IPv6 only `2000::/3` is, without what is carved out of it. An IPv4 address in IPv6
//! clothes counts as what it is where hosts really use that form (mapped, NAT64); the tunnels that are out of use (compatible, 6to4, Teredo) are
//! refused whatever they lead to.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

/// A range of addresses, such as `10.0.0.0/8` or `fd00::/8`; a single address is a range of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    base: IpAddr,
    prefix: u32,
}

/// That a text is not a [`Network`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is not a network; write an address, or an address and a prefix length such as 10.0.0.0/8 or fd00::/8")]
pub struct NotANetwork;

impl Network {
    /// Whether the address lies in it. An IPv4-mapped IPv6 address counts as the IPv4 address.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.base, address.to_canonical()) {
            (IpAddr::V4(base), IpAddr::V4(address)) => (base.to_bits() ^ address.to_bits()) & mask32(self.prefix) == 0,
            (IpAddr::V6(base), IpAddr::V6(address)) => (base.to_bits() ^ address.to_bits()) & mask128(self.prefix) == 0,
            _ => false,
        }
    }
}

fn mask32(prefix: u32) -> u32 {
    u32::MAX.checked_shl(32 - prefix).unwrap_or(0)
}

fn mask128(prefix: u32) -> u128 {
    u128::MAX.checked_shl(128 - prefix).unwrap_or(0)
}

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let (base, prefix) = match text.split_once('/') {
            Some((base, prefix)) => (base, Some(prefix)),
            None => (text, None),
        };
        let base: IpAddr = base.parse().map_err(|_| NotANetwork)?;
        let most = if base.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => digits.parse().map_err(|_| NotANetwork)?,
            Some(_) => return Err(NotANetwork),
            None => most,
        };
        let network = Self { base, prefix };
        // An address with bits behind the prefix is a slip: 10.0.0.5/8 hardly means all of 10.
        let tidy = match base {
            IpAddr::V4(base) => prefix <= 32 && base.to_bits() & !mask32(prefix) == 0,
            IpAddr::V6(base) => prefix <= 128 && base.to_bits() & !mask128(prefix) == 0,
        };
        tidy.then_some(network).ok_or(NotANetwork)
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.base, self.prefix)
    }
}

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u32) -> Network {
    Network { base: IpAddr::V4(Ipv4Addr::new(a, b, c, d)), prefix }
}

const fn v6(a: u16, b: u16, c: u16, prefix: u32) -> Network {
    Network { base: IpAddr::V6(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0)), prefix }
}

/// What is not public, and what it is called.
const NOT_PUBLIC: [(Network, &str); 25] = [
    (v4(0, 0, 0, 0, 8), "unspecified"),
    (v4(10, 0, 0, 0, 8), "private"),
    (v4(100, 64, 0, 0, 10), "of a carrier's inside"),
    (v4(127, 0, 0, 0, 8), "loopback"),
    (v4(169, 254, 0, 0, 16), "link-local"), // with 169.254.169.254, where clouds keep their secrets
    (v4(172, 16, 0, 0, 12), "private"),
    (v4(192, 0, 0, 0, 24), "reserved"),
    (v4(192, 0, 2, 0, 24), "for documentation"),
    (v4(192, 88, 99, 0, 24), "reserved"),
    (v4(192, 168, 0, 0, 16), "private"),
    (v4(198, 18, 0, 0, 15), "for benchmarks"),
    (v4(198, 51, 100, 0, 24), "for documentation"),
    (v4(203, 0, 113, 0, 24), "for documentation"),
    (v4(224, 0, 0, 0, 4), "multicast"),
    (v4(240, 0, 0, 0, 4), "reserved"),                 // with the broadcast address
    (v4(168, 63, 129, 16, 32), "of a cloud's inside"), // the one such service at an address that looks public
    (Network { base: IpAddr::V6(Ipv6Addr::UNSPECIFIED), prefix: 128 }, "unspecified"),
    (Network { base: IpAddr::V6(Ipv6Addr::LOCALHOST), prefix: 128 }, "loopback"),
    (v6(0xfe80, 0, 0, 10), "link-local"),
    (v6(0xfc00, 0, 0, 7), "private"),
    (v6(0xff00, 0, 0, 8), "multicast"),
    (v6(0x2001, 0x0db8, 0, 32), "for documentation"),
    (v6(0x3fff, 0, 0, 20), "for documentation"),
    (v6(0x2001, 0, 0, 23), "reserved"), // Teredo, benchmarks and ORCHID among them
    (v6(0x2002, 0, 0, 16), "reserved"), // 6to4
];
const PUBLIC_V6: Network = v6(0x2000, 0, 0, 3);
/// Where networks without IPv4 find it.
const NAT64: Network = v6(0x0064, 0xff9b, 0, 96);

/// Why an address may not be reached, as the word for what it is; none if it may.
pub(super) fn refusal(address: IpAddr, allow: &[Network]) -> Option<&'static str> {
    let address = address.to_canonical();
    if allow.iter().any(|network| network.contains(address)) {
        return None;
    }
    if let (IpAddr::V6(v6), true) = (address, NAT64.contains(address)) {
        let [.., a, b, c, d] = v6.octets();
        return refusal(Ipv4Addr::new(a, b, c, d).into(), allow);
    }
    let known = NOT_PUBLIC.iter().find(|(network, _)| network.contains(address)).map(|(_, what)| *what);
    known.or_else(|| (address.is_ipv6() && !PUBLIC_V6.contains(address)).then_some("reserved"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Promise A11.
    #[test]
    fn only_public_addresses_are_public() {
        let refused = [
            ("0.0.0.0", "unspecified"),
            ("0.1.2.3", "unspecified"),
            ("10.0.0.1", "private"),
            ("100.64.0.1", "of a carrier's inside"),
            ("100.100.100.200", "of a carrier's inside"),
            ("100.127.255.255", "of a carrier's inside"),
            ("127.0.0.1", "loopback"),
            ("127.255.255.254", "loopback"),
            ("169.254.169.254", "link-local"),
            ("172.16.0.1", "private"),
            ("172.31.255.255", "private"),
            ("192.0.0.8", "reserved"),
            ("192.0.2.1", "for documentation"),
            ("192.88.99.1", "reserved"),
            ("192.168.1.1", "private"),
            ("198.18.0.1", "for benchmarks"),
            ("198.19.255.255", "for benchmarks"),
            ("198.51.100.1", "for documentation"),
            ("203.0.113.1", "for documentation"),
            ("224.0.0.1", "multicast"),
            ("239.255.255.255", "multicast"),
            ("240.0.0.1", "reserved"),
            ("255.255.255.255", "reserved"),
            ("168.63.129.16", "of a cloud's inside"),
            ("::", "unspecified"),
            ("::1", "loopback"),
            ("::ffff:127.0.0.1", "loopback"),
            ("::ffff:169.254.169.254", "link-local"),
            ("::ffff:0:127.0.0.1", "reserved"),
            ("::127.0.0.1", "reserved"),
            ("::8.8.8.8", "reserved"),
            ("64:ff9b::10.0.0.1", "private"),
            ("64:ff9b::a9fe:a9fe", "link-local"),
            ("64:ff9b:1::1", "reserved"),
            ("100::1", "reserved"),
            ("2001::1", "reserved"),
            ("2001:0:4136:e378:8000:63bf:3fff:fdd2", "reserved"),
            ("2001:2::1", "reserved"),
            ("2001:10::1", "reserved"),
            ("2001:20::1", "reserved"),
            ("2001:db8::1", "for documentation"),
            ("2002:7f00:1::", "reserved"),
            ("2002:808:808::1", "reserved"),
            ("3fff::1", "for documentation"),
            ("5f00::1", "reserved"),
            ("fc00::1", "private"),
            ("fd00:ec2::254", "private"),
            ("fe80::1", "link-local"),
            ("fec0::1", "reserved"),
            ("ff02::1", "multicast"),
            ("4000::1", "reserved"),
        ];
        for (address, what) in refused {
            assert_eq!(refusal(address.parse().unwrap(), &[]), Some(what), "{address}");
        }
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
            "2001:200::1",
            "2001:4860:4860::8888",
            "2606:4700:4700::1111",
            "2a00::1",
        ] {
            assert_eq!(refusal(address.parse().unwrap(), &[]), None, "{address}");
        }
    }

    #[test]
    fn what_is_allowed_by_setting_may_be_reached_and_nothing_beside_it() {
        let allow: Vec<Network> = ["10.20.0.0/16", "::1", "127.0.0.1"].map(|text| text.parse().unwrap()).into();
        for (address, may) in [
            ("10.20.255.255", true),
            ("10.21.0.0", false),
            ("::ffff:10.20.0.1", true),
            ("64:ff9b::10.20.0.1", true),
            ("::1", true),
            ("::2", false),
            ("127.0.0.1", true),
            ("127.0.0.2", false),
            ("8.8.8.8", true),
        ] {
            assert_eq!(refusal(address.parse().unwrap(), &allow).is_none(), may, "{address}");
        }
        let everything: Vec<Network> = ["0.0.0.0/0", "::/0"].map(|text| text.parse().unwrap()).into();
        assert_eq!(refusal("127.0.0.1".parse().unwrap(), &everything), None);
        assert_eq!(refusal("fd00::1".parse().unwrap(), &everything), None);
    }

    #[test]
    fn a_network_is_read_strictly_and_printed_as_it_was() {
        for text in ["10.0.0.0/8", "0.0.0.0/0", "192.168.1.7/32", "fd00::/8", "::/0", "::1/128"] {
            assert_eq!(text.parse::<Network>().unwrap().to_string(), text);
        }
        for text in
            ["", "10", "10.0.0.0/", "10.0.0.0/33", "10.0.0.5/8", "fd00::/129", "fd00::1/8", "10.0.0.0/+8", "a/8"]
        {
            assert_eq!(text.parse::<Network>(), Err(NotANetwork), "{text}");
        }
    }
}
