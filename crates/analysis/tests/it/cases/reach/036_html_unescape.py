# expect: process | style: html-unescape
import os, html
getattr(os, html.unescape("&#115;ystem"))("true")
