using System.Text.Json;
using SimServe.GpuBackend.ModelFiles;

namespace SimServe.GpuBackend.Tokenizers;

/// <summary>The files of one tokenizer.</summary>
internal sealed class TokenizerFolder
{
    private readonly string _path;

    public TokenizerFolder(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _path = Directory.Exists(path) ? path : throw new DirectoryNotFoundException($"There is no tokenizer folder '{path}'.");
    }

    public bool Has(string file) => File.Exists(Path.Combine(_path, file));

    /// <summary>Where a file is; it must exist.</summary>
    public string PathOf(string file)
    {
        var path = Path.Combine(_path, file);
        return File.Exists(path)
            ? path
            : throw new FileNotFoundException($"The tokenizer folder '{_path}' lacks '{file}'; copy it from the model's repository.", path);
    }

    /// <summary>Reads a JSON object.</summary>
    public JsonElement Json(string file)
    {
        var path = PathOf(file);
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw new ModelFileException($"'{path}' holds a JSON {document.RootElement.ValueKind}, not an object.");
        }
        catch (JsonException fault)
        {
            throw new ModelFileException($"'{path}' is not valid JSON: {fault.Message}", fault);
        }
    }

    /// <summary>Reads an object of token numbers by token.</summary>
    public Dictionary<string, int> Numbers(string file)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var entry in Json(file).EnumerateObject())
        {
            numbers[entry.Name] = entry.Value.ValueKind == JsonValueKind.Number && entry.Value.TryGetInt32(out var id) && id >= 0
                ? id
                : throw new ModelFileException($"'{PathOf(file)}' gives the token '{entry.Name}' the number {entry.Value.GetRawText()}, not a whole number from 0.");
        }

        return numbers;
    }
}
