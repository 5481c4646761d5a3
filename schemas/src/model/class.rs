//! One macro that turns a table of properties into a serde type.

/// Declares a class of the data model from its table of properties.
///
/// The type of a field is its cardinality: `T` is required, `Option<T>` may be absent and is never
/// null, `Vec<T>` is a set that is written as an array, read from an array or a single value, and
/// left out when empty (Open Badges 3.0, Serialization). What stands after `=` is the default of
/// the field; all others default to nothing. Properties that are not in the table are kept, in
/// their order, in `additional`.
macro_rules! class {
    ($(#[$meta:meta])* pub struct $name:ident { $($fields:tt)* }) => {
        class!(@munch [$(#[$meta])*] $name {} {} $($fields)*);
    };

    (@munch $meta:tt $name:ident {$($done:tt)*} {$($default:tt)*}
        $(#[$fmeta:meta])* pub $field:ident: Option<$t:ty>, $($rest:tt)*) => {
        class!(@munch $meta $name {
            $($done)*
            $(#[$fmeta])*
            #[serde(
                default,
                deserialize_with = "crate::model::value::present",
                skip_serializing_if = "Option::is_none"
            )]
            pub $field: Option<$t>,
        } { $($default)* $field: None, } $($rest)*);
    };

    (@munch $meta:tt $name:ident {$($done:tt)*} {$($default:tt)*}
        $(#[$fmeta:meta])* pub $field:ident: Vec<$t:ty> = $value:expr, $($rest:tt)*) => {
        class!(@munch $meta $name {
            $($done)*
            $(#[$fmeta])*
            #[serde(deserialize_with = "crate::model::value::one_or_many")]
            pub $field: Vec<$t>,
        } { $($default)* $field: $value, } $($rest)*);
    };

    (@munch $meta:tt $name:ident {$($done:tt)*} {$($default:tt)*}
        $(#[$fmeta:meta])* pub $field:ident: Vec<$t:ty>, $($rest:tt)*) => {
        class!(@munch $meta $name {
            $($done)*
            $(#[$fmeta])*
            #[serde(
                default,
                deserialize_with = "crate::model::value::one_or_many",
                skip_serializing_if = "Vec::is_empty"
            )]
            pub $field: Vec<$t>,
        } { $($default)* $field: Vec::new(), } $($rest)*);
    };

    (@munch $meta:tt $name:ident {$($done:tt)*} {$($default:tt)*}
        $(#[$fmeta:meta])* pub $field:ident: $t:ty = $value:expr, $($rest:tt)*) => {
        class!(@munch $meta $name {
            $($done)* $(#[$fmeta])* pub $field: $t,
        } { $($default)* $field: $value.into(), } $($rest)*);
    };

    (@munch $meta:tt $name:ident {$($done:tt)*} {$($default:tt)*}
        $(#[$fmeta:meta])* pub $field:ident: $t:ty, $($rest:tt)*) => {
        class!(@munch $meta $name {
            $($done)* $(#[$fmeta])* pub $field: $t,
        } { $($default)* $field: Default::default(), } $($rest)*);
    };

    (@munch [$($meta:tt)*] $name:ident {$($done:tt)*} {$($default:tt)*}) => {
        $($meta)*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            $($done)*
            /// The properties that the class does not define, in their order.
            #[serde(flatten)]
            pub additional: serde_json::Map<String, serde_json::Value>,
        }

        impl Default for $name {
            fn default() -> $name {
                $name { $($default)* additional: serde_json::Map::new() }
            }
        }
    };
}
