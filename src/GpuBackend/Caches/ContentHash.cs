using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace SimServe.GpuBackend.Caches;

/// <summary>Hashes by which a cache file is known and checked: 128 bits of XxHash3, in hexadecimal.</summary>
/// <remarks>
/// Finds what torn writes, bad disks and mix-ups change, at several times the speed of a disk. It is no protection from somebody who alters a file on purpose and its hash with it.
/// Source: Collet, xxHash, XXH128.
/// </remarks>
internal sealed class ContentHash
{
    private const int PieceBytes = 1 << 30;

    private readonly XxHash128 _hash = new();

    /// <summary>Of a piece of memory of any size.</summary>
    /// <param name="address">Its first byte.</param>
    /// <param name="bytes">Its size.</param>
    public static unsafe string Of(nint address, long bytes)
    {
        var hash = new ContentHash();
        for (long first = 0; first < bytes; first += PieceBytes)
        {
            hash.Add(new ReadOnlySpan<byte>((void*)(address + (nint)first), (int)Math.Min(PieceBytes, bytes - first)));
        }

        return hash.ToString();
    }

    /// <summary>Of bytes.</summary>
    public static string Of(ReadOnlySpan<byte> bytes) => new ContentHash().Add(bytes).ToString();

    /// <summary>More bytes.</summary>
    public ContentHash Add(ReadOnlySpan<byte> bytes)
    {
        _hash.Append(bytes);
        return this;
    }

    /// <summary>A text and its length, so that two texts in a row are not one.</summary>
    public ContentHash Add(string text) => Add(text.Length).Add(Encoding.UTF8.GetBytes(text));

    /// <summary>A number.</summary>
    public ContentHash Add(long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        return Add(bytes);
    }

    /// <summary>The hash of everything so far.</summary>
    public override string ToString() => Convert.ToHexStringLower(_hash.GetCurrentHash());
}
