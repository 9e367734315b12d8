using SimServe.GpuBackend.ModelFiles;

namespace SimServe.GpuBackend.Tokenizers;

/// <summary>Opens the tokenizer that a folder in the layout of Hugging Face transformers holds.</summary>
public static class TokenizerFactory
{
    private static readonly Dictionary<string, Func<TokenizerFolder, TokenizerSettings, ITokenizer>> Kinds = new(StringComparer.Ordinal)
    {
        ["CLIPTokenizer"] = ClipTokenizer.Open,
        ["CLIPTokenizerFast"] = ClipTokenizer.Open,
        ["T5Tokenizer"] = T5Tokenizer.Open,
        ["T5TokenizerFast"] = T5Tokenizer.Open,
    };

    /// <summary>Opens a tokenizer; <c>tokenizer_class</c> of tokenizer_config.json says which kind it is.</summary>
    /// <param name="folder">
    /// Holds tokenizer_config.json, where it exists special_tokens_map.json, and for CLIP vocab.json and merges.txt, for T5 spiece.model.
    /// </param>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="DirectoryNotFoundException">The folder is missing.</exception>
    /// <exception cref="ModelFileException">A file is damaged, files do not fit together, or the kind is not supported.</exception>
    public static ITokenizer Open(string folder)
    {
        var files = new TokenizerFolder(folder);
        var settings = TokenizerSettings.Read(files);
        return Kinds.TryGetValue(settings.ClassName, out var open)
            ? open(files, settings)
            : throw new ModelFileException(
                $"'{files.PathOf(TokenizerSettings.FileName)}' has the tokenizer_class '{settings.ClassName}'; supported are: {string.Join(", ", Kinds.Keys)}.");
    }
}
