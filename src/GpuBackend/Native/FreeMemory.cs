using System.Globalization;

namespace SimServe.GpuBackend.Native;

/// <summary>Free memory of this machine.</summary>
internal static class FreeMemory
{
    private const string MemoryInfo = "/proc/meminfo";
    private const string Key = "MemAvailable:";

    /// <summary>Bytes that can be used without swapping, or <c>null</c> where the system does not say.</summary>
    public static long? OfHost()
    {
        var line = File.Exists(MemoryInfo) ? File.ReadLines(MemoryInfo).FirstOrDefault(static line => line.StartsWith(Key, StringComparison.Ordinal)) : null;
        return line is not null && long.TryParse(line[Key.Length..].Replace("kB", string.Empty, StringComparison.Ordinal).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var kibibytes)
            ? kibibytes * 1024
            : null;
    }

    /// <summary>Bytes in words, e.g. <c>1.5</c> for one and a half GiB.</summary>
    /// <param name="bytes">Bytes.</param>
    public static string GiB(long bytes) => ((double)bytes / (1L << 30)).ToString("0.0", CultureInfo.InvariantCulture);
}
