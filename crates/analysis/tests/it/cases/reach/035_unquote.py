# expect: process | style: unquote
import os
from urllib.parse import unquote
getattr(os, unquote("%73ystem"))("true")
