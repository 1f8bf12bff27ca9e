//! The small settings: credentials, max age, private network access.

use alloc::string::{String, ToString};

macro_rules! switch {
    ($(#[$doc:meta])* $name:ident { $(#[$deny:meta])* deny, $(#[$allow:meta])* allow }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct $name(pub(super) bool);

        impl $name {
            $(#[$deny])*
            pub fn deny() -> Self {
                Self(false)
            }

            $(#[$allow])*
            pub fn allow() -> Self {
                Self(true)
            }
        }
    };
}

switch! {
    /// Whether requests from other origins may come with the browser's own credentials: cookies, TLS client
    /// certificates, and passwords that it has stored. By default: not.
    ///
    /// The `Authorization` header that a page sets itself is not among them: a host that takes keys only
    /// from there doesn't need this.
    ///
    /// # Examples
    ///
    /// ```
    /// use keyward::http::cors::{Credentials, Origins, Policy, PolicyError};
    ///
    /// let unsafe_policy = Policy::builder().origins(Origins::any()).credentials(Credentials::allow());
    /// assert_eq!(unsafe_policy.build().unwrap_err(), PolicyError::CredentialsWithAnyOrigin);
    /// ```
    Credentials {
        /// No credentials.
        deny,
        /// `Access-Control-Allow-Credentials: true`, for the allowed origins.
        allow
    }
}

switch! {
    /// Whether a page on the public network may reach this server on a private one (the draft *Private
    /// Network Access*, which Chromium has since replaced by a question to the user). By default: not.
    ///
    /// # Examples
    ///
    /// ```
    /// use keyward::http::cors::{Origins, Policy, PolicyError, PrivateNetwork};
    ///
    /// let open = Policy::builder().origins(Origins::any()).private_network(PrivateNetwork::allow());
    /// assert_eq!(open.build().unwrap_err(), PolicyError::PrivateNetworkWithAnyOrigin);
    /// ```
    PrivateNetwork {
        /// No such access.
        deny,
        /// `Access-Control-Allow-Private-Network: true`, where a pre-flight asks for it.
        allow
    }
}

/// How long a browser may remember what a pre-flight said. By default: as long as it does unasked, five
/// seconds (Fetch, *CORS-preflight fetch*).
///
/// Browsers have limits of their own (two hours in Chromium, a day in Firefox). A stricter policy takes
/// effect only when the browser forgets the earlier answer.
///
/// # Examples
///
/// ```
/// use keyward::http::cors::{MaxAge, Policy, PolicyError};
///
/// assert!(Policy::builder().max_age(MaxAge::seconds(600)).build().is_ok());
/// assert_eq!(Policy::builder().max_age(MaxAge::seconds(-2)).build().unwrap_err(), PolicyError::MaxAge(-2));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MaxAge(Option<i64>);

impl MaxAge {
    /// Says nothing: five seconds.
    pub fn browser_default() -> Self {
        Self(None)
    }

    /// This many seconds. As in other servers, −1 is [`MaxAge::no_cache`]; it is answered as 0, since the
    /// header has no negative numbers and a browser would read one as five seconds.
    pub fn seconds(seconds: i64) -> Self {
        Self(Some(seconds))
    }

    /// Not at all: a pre-flight before every request that needs one.
    pub fn no_cache() -> Self {
        Self::seconds(0)
    }

    /// The header's value; or the number, if it is none that the header can have (RFC 9111, 1.2.2).
    pub(super) fn compile(self) -> Result<Option<String>, i64> {
        match self.0 {
            None => Ok(None),
            Some(-1) => Ok(Some("0".into())),
            Some(seconds) if (0..=i64::from(i32::MAX)).contains(&seconds) => Ok(Some(seconds.to_string())),
            Some(seconds) => Err(seconds),
        }
    }
}
