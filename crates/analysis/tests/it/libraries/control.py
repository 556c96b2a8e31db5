import aioca, bluesky.plan_stubs as bps, caproto.sync.client as cs, caproto.threading.client as ct, cothread.catools as cc, epics
import nidaqmx, nifpga, niveristand, pvaccess, pyvisa, serial, tango, win32com.client, ophyd, pydoocs, p4p.client.thread as pt
import p4p.client.asyncio, p4p.nt, p4p.server, minimalmodbus, pymodbus.client, snap7, labjack.ljm, usb.core, smbus2, RPi.GPIO as GPIO
import pyads, opcua, asyncua, can, taurus, sardana, PyTango, doocs, pyjapc, epics.wx, pvapy, qcodes, instruments, comtypes.client, pylablib
from pyexec.runtime import read_channel, read_channels, write_channel, write_channels
from pyexec import save_artifact, context
read_channel('A')  # -> control.read
read_channels(['A', 'B'])  # -> control.read
write_channel('A', 1)  # -> control.write
write_channels({'A': 1})  # -> control.write
save_artifact(None, 'a')  # -> artifact
context.A.b  # -> none
epics.caget('A')  # -> control.read
epics.caget_many(['A'])  # -> control.read
epics.cainfo('A')  # -> control.read
epics.camonitor('A')  # -> control.read
epics.camonitor_clear('A')  # -> none
epics.caput('A', 1)  # -> control.write
epics.caput_many(['A'], [1])  # -> control.write
epics.PV('A').get()  # -> control.read
epics.PV('A').put(1)  # -> control.read, control.write
epics.PV('A').value  # -> control.read
epics.PV('A').add_callback(print)  # -> control.read
epics.PV('A').wait_for_connection()  # -> control.read
epics.PV('A').disconnect()  # -> control.read
epics.get_pv('A').put(1)  # -> control.read, control.write
epics.Device('A', attrs=('x',)).put('x', 1)  # -> control.read, control.write
epics.Device('A').get('x')  # -> control.read
epics.Motor('A').move(1)  # -> control.write, control.read
epics.Motor('A').get_position()  # -> control.read
epics.ca.put(1, 2)  # -> control.write
epics.ca.get(1)  # -> control.read
epics.Scan('A').run()  # -> control.write
epics.devices.Scan('A')  # -> control.write
pt.Context('pva').get('A')  # -> control.read
pt.Context('pva').monitor('A', print)  # -> control.read
pt.Context('pva').put('A', 1)  # -> control.write
pt.Context('pva').rpc('A', 1)  # -> control.write
p4p.client.asyncio.Context('pva').put('A', 1)  # -> control.write
p4p.nt.NTScalar('d')  # -> none
p4p.server.Server(providers=[])  # -> net
cs.read('A')  # -> control.read
cs.write('A', 1)  # -> control.write
cs.read_write_read('A', 1)  # -> control.write
ct.Context().get_pvs('A')[0].read()  # -> control.read
ct.Context().get_pvs('A')[0].write(1)  # -> control.read, control.write
ct.Context().get_pvs('A')[0].subscribe()  # -> control.read
pvaccess.Channel('A').get()  # -> control.read
pvaccess.Channel('A').put(1)  # -> control.read, control.write
pvaccess.Channel('A').putDouble(1)  # -> control.read, control.write
pvaccess.Channel('A').monitor(print)  # -> control.read
pvaccess.PvaServer()  # -> net
pvapy.Channel('A').put(1)  # -> control.read, control.write
aioca.caget('A')  # -> control.read
aioca.caput('A', 1)  # -> control.write
aioca.camonitor('A', print)  # -> control.read
cc.caget('A')  # -> control.read
cc.caput('A', 1)  # -> control.write
cc.caput(['A', 'B'], [1, 2])  # -> control.write
tango.DeviceProxy('a/b/c').read_attribute('x')  # -> control.read
tango.DeviceProxy('a/b/c').state()  # -> control.read
tango.DeviceProxy('a/b/c').write_attribute('x', 1)  # -> control.read, control.write
tango.DeviceProxy('a/b/c').command_inout('On')  # -> control.read, control.write
tango.DeviceProxy('a/b/c').On()  # -> control.read, control.write
tango.DeviceProxy('a/b/c').current = 3  # -> control.read, control.write
tango.DeviceProxy('a/b/c')['x'] = 3  # -> control.read, control.write
tango.DeviceProxy('a/b/c').current  # -> control.read
tango.AttributeProxy('a/b/c/d').read()  # -> control.read
tango.AttributeProxy('a/b/c/d').write(1)  # -> control.read, control.write
tango.Group('x').write_attribute('a', 1)  # -> control.read, control.write
tango.Database().put_device_property('a', {})  # -> control.write
tango.Database().get_device_exported('*')  # -> control.read
tango.DevState.ON  # -> none
PyTango.DeviceProxy('a/b/c').write_attribute('x', 1)  # -> control.read, control.write
taurus.Attribute('a/b/c/d').write(1)  # -> control.write, control.read
taurus.Device('a/b/c').write_attribute('x', 1)  # -> control.write, control.read
ophyd.EpicsSignal('A', name='a').put(1)  # -> control.read, control.write
ophyd.EpicsSignalRO('A', name='a').get()  # -> control.read
ophyd.EpicsMotor('A', name='a').set(1)  # -> control.read, control.write
bps.mv(None, 1)  # -> control.write
bps.rd(None)  # -> none
pydoocs.read('A')  # -> control.read
pydoocs.write('A', 1)  # -> control.write
nifpga.Session('a.lvbitx', 'RIO0').registers['x'].write(1)  # -> control.write
nifpga.Session('a.lvbitx', 'RIO0').reset()  # -> control.write
niveristand.run_py_as_rtseq(print)  # -> control.write
niveristand.legacy.NIVeriStand.Workspace2('a').SetSingleChannelValue('x', 1)  # -> control.write
win32com.client.Dispatch('LabVIEW.Application')  # -> control.write
win32com.client.Dispatch('LabVIEW.Application').GetVIReference('a').SetControlValue('x', 1)  # -> control.write
win32com.client.gencache.EnsureDispatch('LabVIEW.Application')  # -> control.write
comtypes.client.CreateObject('LabVIEW.Application')  # -> control.write
nidaqmx.Task().ao_channels.add_ao_voltage_chan('Dev1/ao0')  # -> control.write
nidaqmx.Task().write(1)  # -> control.write
nidaqmx.Task().read()  # -> control.read
pyvisa.ResourceManager().list_resources()  # -> control.read
pyvisa.ResourceManager().open_resource('G').query('*IDN?')  # -> control.write
pyvisa.ResourceManager().open_resource('G').write('x')  # -> control.write
serial.Serial('/dev/ttyUSB0').write(b'x')  # -> control.write
serial.Serial('/dev/ttyUSB0').read(3)  # -> control.read
serial.tools.list_ports.comports()  # -> none
minimalmodbus.Instrument('/dev/ttyS0', 1).write_register(1, 2)  # -> control.write
pymodbus.client.ModbusTcpClient('a').write_registers(1, [2])  # -> control.write, net
snap7.client.Client().db_write(1, 2, b'')  # -> control.write, net
labjack.ljm.eWriteName(1, 'DAC0', 1)  # -> control.write
usb.core.find().write(1, b'')  # -> control.write
smbus2.SMBus(1).write_byte_data(1, 2, 3)  # -> control.write
GPIO.output(1, True)  # -> control.write
pyads.Connection('a', 1).write_by_name('a', 1)  # -> control.write, net
opcua.Client('a').get_node('b').set_value(1)  # -> control.write, net
can.Bus().send(None)  # -> control.write
instruments.thorlabs.LCC25.open_serial('/dev/a')  # -> control.write
pylablib.devices.Thorlabs.KinesisMotor('1').move_to(1)  # -> control.write
qcodes.Parameter('a').set(1)  # -> control.write
