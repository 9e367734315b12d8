using System.Buffers.Binary;
using System.Text;

namespace SimServe.GpuBackend.Native;

/// <summary>Marks a version that a shared library needs of another one as weak, so that the library loads where the version is missing.</summary>
/// <remarks>
/// A 64-bit little-endian ELF file lists, for each library it needs, the symbol versions it needs of it (<c>.gnu.version_r</c>). The dynamic linker
/// refuses to load when one is missing, unless its entry carries the weak flag. The list is found through the dynamic segment, which unlike
/// section headers survives stripping. Source: Linux Standard Base 5.0 Core, "Symbol Versioning".
/// Every offset read from the file is checked: a damaged file gives <see cref="InvalidDataException"/>.
/// </remarks>
public static class ElfVersionNeeds
{
    private const int SegmentLoad = 1;
    private const int SegmentDynamic = 2;
    private const ulong TagStringTable = 5;
    private const ulong TagVersionNeeds = 0x6ffffffe;
    private const ulong TagVersionNeedsCount = 0x6fffffff;
    private const ushort WeakFlag = 2;

    /// <summary>Sets the weak flag on every need of one version of one library.</summary>
    /// <param name="elf">The whole file; changed in place.</param>
    /// <param name="library">The needed library's name, e.g. <c>libstdc++.so.6</c>.</param>
    /// <param name="version">The version, e.g. <c>GLIBCXX_3.4.32</c>.</param>
    /// <returns>How many entries are weak now that were not before; 0 when the file does not need the version.</returns>
    /// <exception cref="InvalidDataException">The file is not a complete 64-bit little-endian ELF file.</exception>
    public static int Weaken(Span<byte> elf, string library, string version)
    {
        ArgumentException.ThrowIfNullOrEmpty(library);
        ArgumentException.ThrowIfNullOrEmpty(version);
        CheckHeader(elf);
        var table = ReadDynamic(elf);
        return table.Count == 0 ? 0 : WeakenTable(elf, table, library, version);
    }

    private static int WeakenTable(Span<byte> elf, NeedsTable table, string library, string version)
    {
        var changed = 0;
        var need = table.Offset;
        for (ulong i = 0; i < table.Count; i++)
        {
            var fromLibrary = Matches(elf, table.Strings + U32(elf, need + 4), library);
            var entry = need + U32(elf, need + 8);
            for (var left = U16(elf, need + 2); left > 0; left--)
            {
                changed += fromLibrary && Matches(elf, table.Strings + U32(elf, entry + 8), version) && SetWeak(elf, entry + 4) ? 1 : 0;
                entry += Next(elf, entry);
            }

            need += Next(elf, need);
        }

        return changed;
    }

    // 0 ends a list; the walk then stays where it is and, counts being bounded, ends. Records are 16 bytes: less would overlap.
    private static uint Next(ReadOnlySpan<byte> elf, ulong record)
    {
        var next = U32(elf, record + 12);
        return next is 0 or >= 16 ? next : throw new InvalidDataException($"The file is damaged: a version need at {record} overlaps the next one.");
    }

    private static bool SetWeak(Span<byte> elf, ulong flagsAt)
    {
        var flags = U16(elf, flagsAt);
        BinaryPrimitives.WriteUInt16LittleEndian(elf[(int)flagsAt..], (ushort)(flags | WeakFlag));
        return (flags & WeakFlag) == 0;
    }

    private static NeedsTable ReadDynamic(ReadOnlySpan<byte> elf)
    {
        var (start, size) = DynamicSegment(elf);
        ulong needs = 0, count = 0, strings = 0;
        for (ulong at = 0; at + 16 <= size; at += 16)
        {
            var (tag, value) = (U64(elf, start + at), U64(elf, start + at + 8));
            if (tag == 0)
            {
                break;
            }

            needs = tag == TagVersionNeeds ? value : needs;
            count = tag == TagVersionNeedsCount ? value : count;
            strings = tag == TagStringTable ? value : strings;
        }

        // A file cannot hold more records than bytes: bounds the walk over a hostile count.
        return needs == 0 || strings == 0
            ? default
            : new NeedsTable(FileOffset(elf, needs), Math.Min(count, (ulong)elf.Length / 16), FileOffset(elf, strings));
    }

    private static (ulong Start, ulong Size) DynamicSegment(ReadOnlySpan<byte> elf)
    {
        for (var i = 0; i < U16(elf, 56); i++)
        {
            var header = ProgramHeader(elf, i);
            if (U32(elf, header) == SegmentDynamic)
            {
                return (U64(elf, header + 8), U64(elf, header + 32));
            }
        }

        throw new InvalidDataException("The file is not a shared library: it has no dynamic segment.");
    }

    private static ulong FileOffset(ReadOnlySpan<byte> elf, ulong address)
    {
        for (var i = 0; i < U16(elf, 56); i++)
        {
            var header = ProgramHeader(elf, i);
            var first = U64(elf, header + 16);
            if (U32(elf, header) == SegmentLoad && address >= first && address - first < U64(elf, header + 32))
            {
                return Bounded(elf, U64(elf, header + 8)) + Bounded(elf, address - first);
            }
        }

        throw new InvalidDataException($"The file is damaged: address 0x{address:x} lies in none of its segments.");
    }

    private static ulong ProgramHeader(ReadOnlySpan<byte> elf, int index) =>
        Bounded(elf, U64(elf, 32)) + ((ulong)index * U16(elf, 54));

    private static void CheckHeader(ReadOnlySpan<byte> elf)
    {
        ReadOnlySpan<byte> magic = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1];
        if (elf.Length < 64 || !elf.StartsWith(magic))
        {
            throw new InvalidDataException("The file is not a 64-bit little-endian ELF file.");
        }
    }

    private static bool Matches(ReadOnlySpan<byte> elf, ulong at, string text)
    {
        var wanted = Encoding.ASCII.GetBytes(text + '\0');
        return Range(elf, at, wanted.Length, orLess: true).SequenceEqual(wanted);
    }

    private static ushort U16(ReadOnlySpan<byte> elf, ulong at) => BinaryPrimitives.ReadUInt16LittleEndian(Range(elf, at, 2));

    private static uint U32(ReadOnlySpan<byte> elf, ulong at) => BinaryPrimitives.ReadUInt32LittleEndian(Range(elf, at, 4));

    private static ulong U64(ReadOnlySpan<byte> elf, ulong at) => BinaryPrimitives.ReadUInt64LittleEndian(Range(elf, at, 8));

    private static ReadOnlySpan<byte> Range(ReadOnlySpan<byte> elf, ulong at, int length, bool orLess = false)
    {
        var start = (int)Bounded(elf, at);
        var available = elf.Length - start;
        if (available < length && !orLess)
        {
            throw new InvalidDataException($"The file is cut short: it ends at byte {elf.Length}, but {length} bytes are needed at {at}.");
        }

        return elf.Slice(start, Math.Min(length, available));
    }

    private static ulong Bounded(ReadOnlySpan<byte> elf, ulong at) => at <= (ulong)elf.Length
        ? at
        : throw new InvalidDataException($"The file is damaged or cut short: offset {at} lies past its end at {elf.Length}.");

    private readonly record struct NeedsTable(ulong Offset, ulong Count, ulong Strings);
}
