# expect: none | style: xml
import xml.etree.ElementTree as ET
root = ET.fromstring("<a><b/></a>")
results = {"n": len(root)}
