# expect: control.write | style: instrument
import pyvisa
rm = pyvisa.ResourceManager()
psu = rm.open_resource("GPIB0::5::INSTR")
psu.write("OUTP ON")
results = {}
