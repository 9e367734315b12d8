using System.Text.Json;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.ModelFiles;

/// <summary>The tensors of one model: one safetensors file, or the shards that an index lists.</summary>
/// <remarks>Shard names in an index must be plain file names: an index never reaches outside its own folder.</remarks>
public sealed class WeightFiles : IDisposable
{
    private const string IndexEnding = ".safetensors.index.json";
    private const string HalfIndexEnding = ".safetensors.index.fp16.json";

    // Names that diffusers and transformers give, in the order in which they look for them.
    private static readonly string[] Usual =
    [
        "diffusion_pytorch_model.safetensors", "model.safetensors",
        "diffusion_pytorch_model" + IndexEnding, "model" + IndexEnding,
        "diffusion_pytorch_model.fp16.safetensors", "model.fp16.safetensors",
        "diffusion_pytorch_model" + HalfIndexEnding, "model" + HalfIndexEnding,
    ];

    private readonly Dictionary<string, SafetensorsFile> _owners;
    private readonly List<SafetensorsFile> _files;

    private WeightFiles(string path, List<SafetensorsFile> files, Dictionary<string, SafetensorsFile> owners) =>
        (Path, _files, _owners) = (path, files, owners);

    /// <summary>The file or index.</summary>
    public string Path { get; }

    /// <summary>Names of all tensors.</summary>
    public IReadOnlyCollection<string> Names => _owners.Keys;

    /// <summary>Opens a model's weights.</summary>
    /// <param name="path">A safetensors file, an index, or a folder with one of the usual names.</param>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="ModelFileException">A file is not sound, or the index and its shards disagree.</exception>
    public static WeightFiles Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var file = Directory.Exists(path) ? InFolder(path) : path;
        return file.EndsWith(IndexEnding, StringComparison.Ordinal) || file.EndsWith(HalfIndexEnding, StringComparison.Ordinal) ? OpenIndex(file) : OpenSingle(file);
    }

    /// <summary>Whether there is a tensor of this name.</summary>
    public bool Has(string name) => _owners.ContainsKey(name);

    /// <summary>One tensor's place.</summary>
    public SafetensorsEntry Entry(string name) => Owner(name).Tensors[name];

    /// <summary>One tensor, over the mapped file; see <see cref="SafetensorsFile.Read"/>.</summary>
    /// <exception cref="ModelFileException">There is none of this name.</exception>
    public Tensor Read(string name) => Owner(name).Read(name);

    /// <inheritdoc/>
    public void Dispose() => _files.ForEach(static file => file.Dispose());

    private SafetensorsFile Owner(string name) =>
        _owners.TryGetValue(name, out var owner) ? owner : throw new ModelFileException($"{Path}: there is no tensor \"{ModelFileException.Shown(name)}\".");

    private static string InFolder(string folder) =>
        Usual.Select(name => System.IO.Path.Combine(folder, name)).FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException($"There are no weights in '{folder}'; looked for {string.Join(", ", Usual)}. PyTorch .bin files are not read: convert them to safetensors.");

    private static WeightFiles OpenSingle(string path)
    {
        var file = SafetensorsFile.Open(path);
        return new WeightFiles(path, [file], file.Tensors.Keys.ToDictionary(static name => name, _ => file, StringComparer.Ordinal));
    }

    private static WeightFiles OpenIndex(string path)
    {
        var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;
        List<SafetensorsFile> files = [];
        try
        {
            var shards = new Dictionary<string, SafetensorsFile>(StringComparer.Ordinal);
            var owners = new Dictionary<string, SafetensorsFile>(StringComparer.Ordinal);
            foreach (var (name, shard) in ReadIndex(path))
            {
                if (!shards.TryGetValue(shard, out var file))
                {
                    shards.Add(shard, file = OpenShard(path, System.IO.Path.Combine(folder, shard)));
                    files.Add(file);
                }

                owners.Add(name, file.Tensors.ContainsKey(name)
                    ? file
                    : throw new ModelFileException($"{path}: tensor \"{ModelFileException.Shown(name)}\" is not in {file.Path}, where the index says it is."));
            }

            return new WeightFiles(path, files, owners);
        }
        catch
        {
            files.ForEach(static file => file.Dispose());
            throw;
        }
    }

    private static SafetensorsFile OpenShard(string index, string shard) => File.Exists(shard)
        ? SafetensorsFile.Open(shard)
        : throw new FileNotFoundException($"There is no file '{shard}', which {index} lists. Was the folder copied whole?", shard);

    private static Dictionary<string, string> ReadIndex(string path)
    {
        var map = ConfigFile.Open(path).Find("weight_map");
        if (map is not { ValueKind: JsonValueKind.Object })
        {
            throw new ModelFileException($"{path}: \"weight_map\" is missing or not an object of tensor names and file names.");
        }

        var shards = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in map.Value.EnumerateObject())
        {
            var shard = entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString()! : string.Empty;
            if (!IsPlainName(shard))
            {
                throw new ModelFileException(
                    $"{path}: tensor \"{ModelFileException.Shown(entry.Name)}\" is said to be in \"{ModelFileException.Shown(entry.Value.ToString())}\"; " +
                    "a shard must be a plain file name in the index's own folder.");
            }

            shards.Add(entry.Name, shard);
        }

        return shards;
    }

    private static bool IsPlainName(string shard) =>
        shard.EndsWith(".safetensors", StringComparison.Ordinal) && shard.AsSpan().IndexOfAny("/\\\0:") < 0 && shard is not ".safetensors";
}
