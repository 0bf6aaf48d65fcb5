import os from "node:os";
import si from "systeminformation";
import type { Disk } from "../../machines/machine.js";
import { identityOf } from "./identity.js";
import type { Host, HostIdentity, HostReading } from "./reading.js";

const whole = (value: number): bigint | null =>
  Number.isFinite(value) && value >= 0 ? BigInt(Math.round(value)) : null;
const known = (value: number | null | undefined): number | null =>
  typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : null;

const cpuTimes = (): { busy: number; total: number } | null => {
  const times = os.cpus().map((cpu) => cpu.times);
  if (times.length === 0) return null;
  const total = times.reduce((sum, t) => sum + t.user + t.nice + t.sys + t.idle + t.irq, 0);
  return { busy: total - times.reduce((sum, t) => sum + t.idle, 0), total };
};

const storageOf = (type: string): Disk["storage"] =>
  /nvme/i.test(type) ? "NVME" : /ssd/i.test(type) ? "SSD" : "STANDARD";

/** Any other operating system, through `systeminformation`, which asks the system's own tools. */
export class PortableHost implements Host {
  async identify(): Promise<HostIdentity> {
    const [system, layout, root] = await Promise.all([si.osInfo(), si.diskLayout(), rootFileSystem()]);
    const image = [system.distro, system.release].filter(Boolean).join(" ") || os.type();
    const storage = storageOf(`${layout[0]?.interfaceType} ${layout[0]?.type} ${layout[0]?.name}`);
    return identityOf({ image, disks: root ? [{ name: root.mount, sizeBytes: BigInt(root.size), storage }] : [] });
  }

  async read(): Promise<HostReading> {
    const [memory, root, network, disks] = await Promise.all([
      si.mem(),
      rootFileSystem(),
      si.networkStats(),
      si.fsStats(),
    ]);
    const cpu = cpuTimes();
    const [load = 0] = os.loadavg();
    const [interface_] = network;
    return {
      takenAt: performance.now(),
      cpuBusy: cpu?.busy ?? null,
      cpuTotal: cpu?.total ?? null,
      memoryUsedBytes: whole(memory.total - memory.available),
      memoryTotalBytes: whole(memory.total),
      diskUsedBytes: root ? whole(root.used) : null,
      diskTotalBytes: root ? whole(root.used + root.available) : null,
      diskReadBytes: known(disks?.rx),
      diskWrittenBytes: known(disks?.wx),
      networkInBytes: known(interface_?.rx_bytes),
      networkOutBytes: known(interface_?.tx_bytes),
      // Windows knows no load average; Node says zero there.
      load: os.platform() === "win32" ? null : load,
      uptimeSeconds: whole(Math.floor(os.uptime())),
    };
  }
}

const rootFileSystem = async () => {
  const systems = await si.fsSize();
  return systems.find(({ mount }) => mount === "/" || mount === "C:") ?? systems[0] ?? null;
};
