using System.Text.Json;
using System.Text.Json.Serialization;
using Parquet.Serialization;
using SimServe.Policies.Serving;

namespace SimServe.Simulator.Reports;

/// <summary>The folder that a command leaves behind. Every file appears whole or not at all.</summary>
public sealed class RunFolder
{
    internal static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase), new TimeConverter() },
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private static readonly JsonSerializerOptions Line = new(Json) { WriteIndented = false };

    private readonly List<string> _written = [];

    /// <summary>Creates the folder if it is not there.</summary>
    /// <param name="path">Its path.</param>
    /// <exception cref="IOException">It cannot be created.</exception>
    public RunFolder(string path)
    {
        Location = path;
        Directory.CreateDirectory(path);
    }

    /// <summary>Its path, as given.</summary>
    public string Location { get; }

    /// <summary>Names of the files written, in order.</summary>
    public IReadOnlyList<string> Written => _written;

    /// <summary>Removes the folder again when a job ended before it had anything to write.</summary>
    public void DeleteIfEmpty()
    {
        if (!Directory.EnumerateFileSystemEntries(Location).Any())
        {
            Directory.Delete(Location);
        }
    }

    /// <summary>Opens a file to be written while a run goes on. It is listed in <see cref="Written"/> once <see cref="Kept"/> has been told.</summary>
    /// <param name="name">Name of the file, may lie in a sub-folder.</param>
    /// <exception cref="IOException">It cannot be created.</exception>
    public PendingFile Open(string name) => new(Path.GetFullPath(Path.Combine(Location, name)));

    /// <summary>Lists a file that was opened and kept.</summary>
    /// <param name="name">Name of the file.</param>
    public void Kept(string name) => _written.Add(name);

    /// <summary>Writes an object as JSON.</summary>
    /// <typeparam name="T">The object's type.</typeparam>
    /// <param name="name">Name of the file.</param>
    /// <param name="value">The object.</param>
    public void WriteJson<T>(string name, T value) => Write(name, path => File.WriteAllText(path, JsonSerializer.Serialize(value, Json) + "\n"));

    /// <summary>Writes one JSON object a line.</summary>
    /// <param name="name">Name of the file.</param>
    /// <param name="values">The objects.</param>
    public void WriteJsonLines(string name, IEnumerable<object> values) =>
        Write(name, path => File.WriteAllLines(path, values.Select(static value => JsonSerializer.Serialize(value, Line))));

    /// <summary>Writes the requests of some runs as Parquet.</summary>
    /// <param name="name">Name of the file.</param>
    /// <param name="runs">Runs by name.</param>
    public void WriteRequests(string name, IEnumerable<(string Name, ServingResult Result)> runs)
    {
        var rows = runs.SelectMany(static run => run.Result.Records.Select(record => RequestRow.Of(run.Name, record))).ToArray();
        Write(name, path =>
        {
            using var stream = File.Create(path);
            ParquetSerializer.SerializeAsync(rows, stream).GetAwaiter().GetResult();
        });
    }

    /// <summary>Writes a file under a temporary name beside its place and moves it there when it is whole.</summary>
    /// <param name="name">Name of the file, may lie in a sub-folder.</param>
    /// <param name="write">Writes to the path it is given.</param>
    public void Write(string name, Action<string> write)
    {
        var path = Path.Combine(Location, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = PendingFile.TemporaryFor(path);
        try
        {
            write(temporary);
            File.Move(temporary, path, overwrite: true);
            if (!_written.Contains(name))
            {
                _written.Add(name);
            }
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
