# expect: process | style: formatter-get-field
import os
import string
fn, _ = string.Formatter().get_field("0.system", (os,), {})
results = {"rc": fn("true")}
