# expect: process | style: webbrowser-generic
import webbrowser
webbrowser.GenericBrowser("true").open("x")
results = {}
