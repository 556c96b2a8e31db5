# expect: none | style: xml-fromstring
import xml.etree.ElementTree as ET
root = ET.fromstring("<a><b v='1'/></a>")
for node in root.iter("b"):
    node.set("v", "2")
    root.remove(node)
results = {"x": ET.tostring(root).decode()}
