//! Hash tables of this crate: seeded, so that no script can choose names that collide, and several times cheaper than the
//! standard library's for keys as short as names are. A fifth of an analysis went into hashing before.

use foldhash::fast::RandomState;

pub(crate) type HashMap<K, V> = std::collections::HashMap<K, V, RandomState>;
pub(crate) type HashSet<K> = std::collections::HashSet<K, RandomState>;
