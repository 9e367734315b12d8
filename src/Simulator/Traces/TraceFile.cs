using SimServe.Simulator.Scenarios;

namespace SimServe.Simulator.Traces;

/// <summary>A trace file in our format, text or Parquet: which of the two, its first bytes say.</summary>
public static class TraceFile
{
    private static ReadOnlySpan<byte> ParquetMark => "PAR1"u8;

    /// <summary>The header of a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidInputException">Header or columns are wrong.</exception>
    public static TraceHeader ReadHeader(string path)
    {
        if (IsParquet(path))
        {
            using var table = new ParquetTraceReader(File.OpenRead(path), path);
            return table.Header;
        }

        using var reader = TraceReader.Open(path);
        return reader.Header;
    }

    /// <summary>The requests of a file, in order of arrival, read as they are asked for.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limits">How much of a bad trace is read and reported.</param>
    /// <exception cref="InvalidInputException">While they are read: the file is wrong; the message names line or row, and column.</exception>
    public static IEnumerable<TraceRequest> Read(string path, TraceLimits? limits = null)
    {
        if (IsParquet(path))
        {
            using var table = new ParquetTraceReader(File.OpenRead(path), path, limits);
            foreach (var request in table.Requests())
            {
                yield return request;
            }

            yield break;
        }

        using var reader = TraceReader.Open(path, limits);
        foreach (var request in reader.Requests())
        {
            yield return request;
        }
    }

    private static bool IsParquet(string path)
    {
        using var stream = File.OpenRead(path);
        Span<byte> start = stackalloc byte[ParquetMark.Length];
        return stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.SequenceEqual(ParquetMark);
    }
}
