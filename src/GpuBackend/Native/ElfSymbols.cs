using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace SimServe.GpuBackend.Native;

/// <summary>The symbols that a shared library defines for others and those it needs from others.</summary>
/// <remarks>
/// Reads the section <c>.dynsym</c> of a 64-bit little-endian ELF file, and nothing else of it: libtorch's CUDA library has more than a gigabyte.
/// Source: System V ABI, "Object Files", symbol table. A damaged file gives <see cref="InvalidDataException"/>.
/// </remarks>
/// <param name="Defined">Names it defines, of any binding but local.</param>
/// <param name="Needed">Names it needs and cannot do without: undefined and not weak.</param>
internal sealed record ElfSymbols(IReadOnlyList<string> Defined, IReadOnlyList<string> Needed)
{
    private const int SectionDynamicSymbols = 11;
    private const int SymbolBytes = 24;
    private const int LeastSectionHeader = 64;
    private const int Weak = 2;

    /// <summary>Reads a file's symbols.</summary>
    /// <param name="path">The library.</param>
    /// <exception cref="InvalidDataException">It is not a complete 64-bit little-endian ELF file with a table of dynamic symbols.</exception>
    public static ElfSymbols Read(string path)
    {
        using var file = File.OpenHandle(path);
        var header = Bytes(file, path, 0, 64);
        if (!header.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1]))
        {
            throw new InvalidDataException($"{path} is not a 64-bit little-endian ELF file.");
        }

        var entry = U16(header, 58);
        var sections = entry >= LeastSectionHeader ? Bytes(file, path, U64(header, 40), (long)entry * U16(header, 60)) : [];
        for (var at = 0; at < sections.Length; at += entry)
        {
            if (U32(sections, at + 4) == SectionDynamicSymbols)
            {
                var strings = (long)U32(sections, at + 40) * entry;
                return strings + entry <= sections.Length
                    ? Split(Section(file, path, sections, at), Section(file, path, sections, (int)strings))
                    : throw new InvalidDataException($"{path} is damaged: its symbols' names are in section {U32(sections, at + 40)}, which is not there.");
            }
        }

        throw new InvalidDataException($"{path} has no table of dynamic symbols.");
    }

    private static ElfSymbols Split(byte[] symbols, byte[] names)
    {
        List<string> defined = [];
        List<string> needed = [];
        for (var at = SymbolBytes; at + SymbolBytes <= symbols.Length; at += SymbolBytes)
        {
            var (name, binding, section) = (U32(symbols, at), symbols[at + 4] >> 4, U16(symbols, at + 6));
            if (section != 0 && binding != 0)
            {
                defined.Add(Text(names, name));
            }
            else if (section == 0 && binding != Weak)
            {
                needed.Add(Text(names, name));
            }
        }

        return new ElfSymbols(defined, needed);
    }

    private static string Text(byte[] names, uint at)
    {
        var rest = names.AsSpan((int)Math.Min(at, names.Length));
        var end = rest.IndexOf((byte)0);
        return Encoding.ASCII.GetString(end < 0 ? rest : rest[..end]);
    }

    private static byte[] Section(SafeFileHandle file, string path, byte[] sections, int at) =>
        Bytes(file, path, U64(sections, at + 24), (long)U64(sections, at + 32));

    private static byte[] Bytes(SafeFileHandle file, string path, ulong offset, long length)
    {
        var end = RandomAccess.GetLength(file);
        if (length < 0 || length > Array.MaxLength || offset > (ulong)end || (ulong)length > (ulong)end - offset)
        {
            throw new InvalidDataException($"{path} is damaged or cut short: {length} bytes are needed at {offset}, and it ends at {end}.");
        }

        var bytes = new byte[length];
        RandomAccess.Read(file, bytes, (long)offset);
        return bytes;
    }

    private static ushort U16(byte[] bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));

    private static uint U32(byte[] bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));

    private static ulong U64(byte[] bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
}
