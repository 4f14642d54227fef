//! A table of the config file, made of a row for each key.

/// What is known of a key.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Its name.
    pub key: &'static str,
    /// What it says of itself, line by line: the sample has it.
    #[cfg(test)]
    pub doc: &'static [&'static str],
    /// A value as TOML writes it.
    #[cfg(test)]
    pub value: &'static str,
    /// That value is the default, and not only an example.
    #[cfg(test)]
    pub is_default: bool,
}

/// The struct that a table is read into, its defaults, and its rows: `key: type = default, which_is "value as TOML";`,
/// or `such_as` with an example, where the default cannot be written.
macro_rules! section {
    (
        $(#[doc = $about:literal])* $name:ident:
        $(
            $(#[doc = $doc:literal])* $(#[serde($($how:tt)*)])?
            $key:ident: $type:ty = $default:expr, $sample:ident $value:expr;
        )+
    ) => {
        $(#[doc = $about])*
        #[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name {
            $($(#[doc = $doc])* $(#[serde($($how)*)])? pub $key: $type,)+
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($key: $default,)+ }
            }
        }

        impl $name {
            /// Its keys, in order.
            const ROWS: &[Row] = &[$(Row {
                key: stringify!($key),
                #[cfg(test)]
                doc: &[$($doc),*],
                #[cfg(test)]
                value: stringify!($value),
                #[cfg(test)]
                is_default: matches!(stringify!($sample).as_bytes(), b"which_is"),
            },)+];

            /// Their values, in the same order.
            fn shown(&self) -> Vec<String> {
                vec![$(self.$key.shown(),)+]
            }
        }
    };
}

pub(super) use section;
