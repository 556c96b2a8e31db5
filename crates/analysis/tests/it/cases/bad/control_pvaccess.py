# expect: control.write | style: pvaccess
import pvaccess as pva
pva.Channel("A:SP").putDouble(1.0)
results = {}
