// Python programs: files of every kind below /data, and what tells one such tree from another.

/** Makes files with permissions, owners, links, holes, times and odd names. */
export const ODD_FILES = `
import os
os.makedirs('/data/empty'); os.makedirs('/data/deep/er/still'); os.chmod('/data/empty', 0o1777)
open('/data/setuid', 'w').close(); os.chown('/data/setuid', 1000, 33); os.chmod('/data/setuid', 0o6755)
open('/data/secret', 'w').write('x'); os.chmod('/data/secret', 0o000); os.chown('/data/secret', 65534, 65534)
open('/data/one', 'w').write('linked'); os.link('/data/one', '/data/two'); os.link('/data/one', '/data/deep/er/three')
os.symlink('/etc/passwd', '/data/absolute'); os.symlink('../../..', '/data/deep/up'); os.symlink('nowhere', '/data/dangling')
os.symlink(b'\\xff\\xfe', b'/data/link\\xff'); os.lchown('/data/dangling', 12, 34)
with open('/data/holes', 'wb') as f: f.write(b'a'); f.seek(64 << 20); f.write(b'b')
for name in [b'new\\nline', b' space ', b'-rf', b'caf\\xc3\\xa9', b'\\xff\\x01', b'quote\\'"', b'.wh.hidden', b'n' * 255]:
    open(b'/data/' + name, 'wb').write(name)
for folder, _, names in os.walk(b'/data'):
    for path in [os.path.join(folder, name) for name in names]:
        if not os.path.islink(path): os.utime(path, (1, 1000000000))
os.utime('/data/empty', (1, 140000000))`;

/** Prints type, permissions, owner, time, links, size, and content or target of every name below a folder. */
export const DIGEST = `
import hashlib, json, os, stat, sys
seen, lines = {}, []
def walk(path):
    s = os.lstat(path)
    line = [os.fsencode(path).hex(), oct(s.st_mode), s.st_uid, s.st_gid, s.st_mtime_ns // 10**9]
    if stat.S_ISREG(s.st_mode):
        line += [s.st_size, seen.setdefault(s.st_ino, len(seen)), hashlib.sha256(open(path, 'rb').read()).hexdigest()]
    elif stat.S_ISLNK(s.st_mode):
        line.append(os.fsencode(os.readlink(path)).hex())
    lines.append(line)
    if stat.S_ISDIR(s.st_mode):
        for name in sorted(os.listdir(path)): walk(os.path.join(path, name))
walk('/data')
print(json.dumps(lines))`;
