using System.Security.Cryptography;
using System.Text;

namespace SimServe.Simulator.Sweeps;

/// <summary>Hashes by content: equal for equal parts, and in practice only for them.</summary>
public static class ContentHash
{
    /// <summary>The SHA-256 hash of parts, lower-case hexadecimal.</summary>
    /// <param name="parts">The parts; where one ends and the next begins counts too.</param>
    public static string Of(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The SHA-256 hash of a file, lower-case hexadecimal.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string OfFile(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
