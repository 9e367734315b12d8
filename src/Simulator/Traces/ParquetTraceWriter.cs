using Parquet;
using Parquet.Schema;

namespace SimServe.Simulator.Traces;

/// <summary>Writes traces as Parquet: the columns of the text form, the header in the file's metadata.</summary>
public static class ParquetTraceWriter
{
    private const int RowsPerGroup = 65_536;

    /// <summary>Writes a trace to a stream, which stays open. Holds 65,536 requests at a time.</summary>
    /// <param name="stream">Where to; seekable.</param>
    /// <param name="provenance">Where the trace comes from.</param>
    /// <param name="requests">The requests in order of arrival, with unique ids.</param>
    /// <exception cref="ArgumentException">
    /// A request cannot be written so that it reads back, or arrives later than seven years after the start; the message names it.
    /// </exception>
    public static void Write(Stream stream, string provenance, IEnumerable<TraceRequest> requests)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(provenance);
        ArgumentNullException.ThrowIfNull(requests);
        WriteAsync(stream, provenance, requests).GetAwaiter().GetResult();
    }

    private static async Task WriteAsync(Stream stream, string provenance, IEnumerable<TraceRequest> requests)
    {
        var writer = await ParquetWriter.CreateAsync(new ParquetSchema(ParquetTraceSchema.Fields), stream).ConfigureAwait(false);
        await using (writer.ConfigureAwait(false))
        {
            writer.CustomMetadata = new Dictionary<string, string>
            {
                [TraceFormat.MetadataKey] = TraceHeaderText.Json(new TraceHeader { Provenance = provenance }),
            };
            var checks = new WritableTrace();
            foreach (var rows in requests.Chunk(RowsPerGroup))
            {
                foreach (var request in rows)
                {
                    Check(checks, request);
                }

                await WriteGroup(writer, rows).ConfigureAwait(false);
            }
        }
    }

    private static void Check(WritableTrace checks, TraceRequest request)
    {
        checks.Check(request);
        if (request.ArrivesAt.Ticks > ParquetTraceSchema.LatestTicks)
        {
            throw new ArgumentException($"Request {request.Id}: it arrives at {request.ArrivesAt}, later than seconds in a double can say to 100 ns. Write a text trace.", nameof(request));
        }
    }

    private static async Task WriteGroup(ParquetWriter writer, TraceRequest[] rows)
    {
        var fields = ParquetTraceSchema.Fields;
        using var group = writer.CreateRowGroup();
        await group.WriteAsync<long>(fields[0], Array.ConvertAll(rows, static row => row.Id)).ConfigureAwait(false);
        await group.WriteAsync<double>(fields[1], Array.ConvertAll(rows, static row => row.ArrivesAt.TotalSeconds)).ConfigureAwait(false);
        await group.WriteAsync<int>(fields[2], Array.ConvertAll(rows, static row => row.Template)).ConfigureAwait(false);
        await group.WriteAsync<double>(fields[3], Array.ConvertAll(rows, static row => row.MaskRatio)).ConfigureAwait(false);
        await group.WriteAsync<int>(fields[4], Array.ConvertAll(rows, static row => row.Steps)).ConfigureAwait(false);
        await group.WriteAsync<long>(fields[5], Array.ConvertAll(rows, static row => row.Seed)).ConfigureAwait(false);
        await group.WriteAsync<int>(fields[6], Array.ConvertAll(rows, static row => row.Size?.Width)).ConfigureAwait(false);
        await group.WriteAsync<int>(fields[7], Array.ConvertAll(rows, static row => row.Size?.Height)).ConfigureAwait(false);
        await group.WriteAsync(fields[8], Array.ConvertAll(rows, static row => TraceText.Names(row.ControlNets))).ConfigureAwait(false);
        await group.WriteAsync(fields[9], Array.ConvertAll(rows, static row => TraceText.Names(row.Loras))).ConfigureAwait(false);
        await group.WriteAsync(fields[10], Array.ConvertAll(rows, static row => row.Tenant)).ConfigureAwait(false);
    }
}
