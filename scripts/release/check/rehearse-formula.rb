# frozen_string_literal: true

# Runs the formula without Homebrew: `install` with the few words of Homebrew that it uses, on the tarball of the
# release, and then the command that it leaves.
#
#   ruby rehearse-formula.rb FORMULA RELEASE-FOLDER EMPTY-FOLDER NODE

require "digest"
require "fileutils"
require "pathname"
require "tmpdir"

FORMULA_FILE, RELEASE, PREFIX, NODE = ARGV

# A folder or a file of the installation.
class Pathname
  def install(files)
    mkpath
    FileUtils.cp_r(Array(files), self)
  end

  def write_env_script(target, env)
    dirname.mkpath
    words = env.map { |name, value| "#{name}=\"#{value}\"" }.join(" ")
    write("#!/bin/bash\n#{words} exec \"#{target}\" \"$@\"\n")
    chmod(0o755)
  end

  def opt_bin = Pathname(NODE).dirname
end

# As much of Homebrew's class as a formula of ours uses.
class Formula
  class << self
    attr_reader :values

    def [](_name) = Pathname(NODE)

    %i[desc homepage url sha256 license depends_on].each do |word|
      define_method(word) { |value| (@values ||= {})[word] = value }
    end

    def test; end
  end

  def prefix = Pathname(PREFIX)
  def bin = prefix/"bin"
  def libexec = prefix/"libexec"
  def man1 = prefix/"share/man/man1"
  def man7 = prefix/"share/man/man7"

  def generate_completions_from_executable(*command, shells:)
    shells.each do |shell|
      printed = IO.popen([*command.map(&:to_s), shell.to_s], &:read)
      raise "no completion for #{shell}" unless $?.success? && printed.include?("maestro-cli")
    end
  end
end

load FORMULA_FILE
values = MaestroCli.values
tarball = File.join(RELEASE, File.basename(values[:url]))
raise "another checksum than the tarball's" unless Digest::SHA256.file(tarball).hexdigest == values[:sha256]

Dir.mktmpdir do |work|
  system("tar", "-xzf", tarball, "-C", work, exception: true)
  # Homebrew unpacks what has one folder, and goes into it.
  Dir.chdir(File.join(work, "package")) { MaestroCli.new.install }
end
system({ "PATH" => "/usr/bin:/bin" }, (Pathname(PREFIX)/"bin/maestro-cli").to_s, "version", exception: true)
