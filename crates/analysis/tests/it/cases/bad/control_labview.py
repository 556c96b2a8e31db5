# expect: control.write | style: labview
import win32com.client
lv = win32com.client.Dispatch("LabVIEW.Application")
vi = lv.getvireference("x.vi")
vi.SetControlValue("A", 1)
results = {}
