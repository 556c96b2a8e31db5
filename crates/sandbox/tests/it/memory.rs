//! What a zygote does to its memory, in real interpreters.

use crate::place::{INSTALLED, ways};
use std::process::Command;

/// The heap gets a thousand holes of a size. New memory of that size comes from them before the memory is laid out, and from the end
/// of the heap, one piece beside the other, afterwards.
const HOLES: &str = r"
import ctypes, sys
library, heap = ctypes.CDLL(sys.argv[1]), ctypes.CDLL(None)
heap.malloc.restype, heap.malloc.argtypes, heap.free.argtypes = ctypes.c_void_p, [ctypes.c_size_t], [ctypes.c_void_p]
pieces = [heap.malloc(1000) for _ in range(2000)]
holes = set(pieces[::2])
for hole in holes:
    heap.free(hole)
new = lambda: [heap.malloc(1000) for _ in range(100)]
before = sum(piece in holes for piece in new())
error = ctypes.create_string_buffer(4096)
assert library.pyexec_sandbox_lay_out(error, len(error)) == 0, error.value
places = new()
after = sum(piece in holes for piece in places)
beside = sum(next - piece == 1008 for piece, next in zip(places, places[1:]))
areas = sum('/memfd:zygote' in line for line in open('/proc/self/maps'))
# What was there is as it was, and can be written to.
kept = [ctypes.c_char.from_address(piece) for piece in pieces[1::2]]
for byte in kept:
    byte.value = b'x'
print(before >= 90, after == 0, beside >= 90, areas > 0, all(byte.value == b'x' for byte in kept))
";

#[test]
fn the_holes_of_a_heap_are_filled_when_it_is_laid_out() {
    for way in ways() {
        let mut words = way.launcher.iter().map(std::ffi::OsStr::new).chain([way.interpreter.as_os_str()]);
        let mut command = Command::new(words.next().unwrap());
        command.args(words).args(["-I", "-S", "-c", HOLES]).arg(&INSTALLED.library).env_clear();
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert_eq!(said.trim(), "True True True True True", "{}: {complaint}", way.name);
    }
}
